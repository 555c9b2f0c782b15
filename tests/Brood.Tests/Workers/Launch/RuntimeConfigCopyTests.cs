using System.Text.Json.Nodes;

namespace Brood.Workers.Launch;

public sealed class RuntimeConfigCopyTests : IDisposable
{
    private const string Original =
        """
        {
          "runtimeOptions": {
            "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" },
            "configProperties": { "System.StartupHookProvider.IsSupported": false, "Mine": "kept" }
          }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brood-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_copy_differs_in_the_switch_alone()
    {
        var expected = JsonNode.Parse(Original)!;
        expected["runtimeOptions"]!["configProperties"]!["System.StartupHookProvider.IsSupported"] = true;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(RuntimeConfigCopy.WithHooks(Original))));
    }

    [Fact]
    public void The_copy_stays_beside_the_original_and_is_not_written_twice()
    {
        var copy = RuntimeConfigCopy.Of(Path.Combine(_folder.FullName, "app.runtimeconfig.json"));
        File.WriteAllText(copy.Source, Original);
        copy.Write();
        var written = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(copy.Target, written);
        copy.Write();
        Assert.Equal(written, File.GetLastWriteTimeUtc(copy.Target));
        Assert.Equal(
            ["app.runtimeconfig.json", "app.worker.runtimeconfig.json"],
            _folder.GetFiles().Select(file => file.Name).Order());
    }

    [Fact]
    public void A_copy_that_cannot_be_written_is_refused_with_the_property_to_set()
    {
        var missing = RuntimeConfigCopy.Of(Path.Combine(_folder.FullName, "missing", "app.runtimeconfig.json"));
        var refusal = Assert.Throws<WorkerStartException>(missing.Write);
        Assert.Contains("<StartupHookSupport>true</StartupHookSupport>", refusal.Message);
    }
}
