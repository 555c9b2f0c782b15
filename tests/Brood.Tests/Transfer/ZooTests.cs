using Brood.Transfer.Zoo;

namespace Brood.Transfer;

public class ZooTests
{
    public static TheoryData<string> Names => [.. TransferZoo.All.Select(entry => entry.Name)];

    [Fact]
    public void The_zoo_has_at_least_150_animals_of_different_names()
    {
        Assert.True(TransferZoo.All.Count >= 150, $"{TransferZoo.All.Count}");
        Assert.Equal(TransferZoo.All.Count, TransferZoo.All.Select(entry => entry.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_crosses_to_a_reader_that_trusts_the_writer(string name) => Cross(name, TypePolicy.TrustHost);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_crosses_to_a_reader_that_does_not(string name) => Cross(name, TypePolicy.Default);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_crosses_as_an_object(string name)
    {
        ZooEntry entry = TransferZoo.All.Single(entry => entry.Name == name);
        Payload payload = TransferHarness.Write(entry.Value, typeof(object));
        Assert.Null(DeepEqual.Difference(entry.Value, TransferHarness.Read(payload, typeof(object))));
    }

    private static void Cross(string name, TypePolicy policy)
    {
        ZooEntry entry = TransferZoo.All.Single(entry => entry.Name == name);
        Payload payload = TransferHarness.Write(entry.Value, entry.Declared, policy);
        Assert.Null(DeepEqual.Difference(entry.Value, TransferHarness.Read(payload, entry.Declared, policy)));
    }
}
