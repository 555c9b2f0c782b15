namespace Brood.Options;

public class OptionTests
{
    [Theory]
    [InlineData("", "1")]
    [InlineData("A=B", "1")]
    [InlineData("A\0B", "1")]
    [InlineData("A", "1\02")]
    public void A_variable_that_no_environment_holds_is_refused(string name, string value)
    {
        var error = Assert.Throws<ArgumentException>(() => new WorkerOptions { Environment = new Dictionary<string, string?> { [name] = value } });
        Assert.Equal("Environment", error.ParamName);
        Assert.DoesNotContain('\0', error.Message);
    }

    [Fact]
    public void Other_variables_are_not()
    {
        var variables = new Dictionary<string, string?> { ["A"] = "1=2", ["B"] = null, ["C"] = "" };
        Assert.Same(variables, new WorkerOptions { Environment = variables }.Environment);
        Assert.Null(new WorkerOptions { Environment = null }.Environment);
    }

    [Fact]
    public void A_folder_has_a_name()
    {
        Assert.Contains("must not be empty; null means the host's", Assert.Throws<ArgumentException>(() => new WorkerOptions { WorkingDirectory = "" }).Message);
        Assert.Throws<ArgumentException>(() => new WorkerOptions { WorkingDirectory = "/tmp\0/x" });
        Assert.Null(new WorkerOptions { WorkingDirectory = null }.WorkingDirectory);
    }

    [Fact]
    public void Null_is_no_known_type()
    {
        Assert.Throws<ArgumentException>(() => new WorkerOptions { KnownTypes = [typeof(int), null!] });
        Assert.Equal([typeof(int)], new WorkerOptions { KnownTypes = [typeof(int)] }.KnownTypes);
    }

    [Fact]
    public void Numbers_say_what_they_must_be()
    {
        Assert.StartsWith("Workers must be at least 1.", Refused(() => new WorkerPoolOptions { Workers = 0 }));
        Assert.StartsWith("SpareWorkers must not be negative; 0 means none.", Refused(() => new WorkerPoolOptions { SpareWorkers = -1 }));
        Assert.StartsWith("MaxMemoryBytes must not be negative; 0 means no limit.", Refused(() => new WorkerOptions { MaxMemoryBytes = -1 }));
        Assert.StartsWith("Retries must not be negative; 0 means none.", Refused(() => new CallOptions { Retries = -1 }));
        Assert.StartsWith("ChunkSize must not be negative; 0 means that it adapts itself.", Refused(() => new MapOptions { ChunkSize = -1 }));
    }

    private static string Refused(Func<object> make) => Assert.Throws<ArgumentOutOfRangeException>(make).Message;
}
