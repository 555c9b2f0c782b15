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

    [Fact]
    public void All_of_it_crosses_also_when_it_has_crossed_so_often_that_its_accessors_are_compiled()
    {
        foreach (ZooEntry entry in TransferZoo.All)
        {
            Payload payload = TransferHarness.Write(entry.Value, entry.Declared);
            if (payload.Inline.Length > 2_000 || payload.Large.Length > 0)
            {
                continue;
            }
            for (int i = 0; i <= TransferLimits.UsesBeforeCompiling; i++)
            {
                TransferHarness.Write(entry.Value, entry.Declared);
                TransferHarness.Read(payload, entry.Declared);
            }
            Assert.Equal(payload.Inline, TransferHarness.Write(entry.Value, entry.Declared).Inline);
            Assert.Null(DeepEqual.Difference(entry.Value, TransferHarness.Read(payload, entry.Declared)));
        }
    }

    private static void Cross(string name, TypePolicy policy)
    {
        ZooEntry entry = TransferZoo.All.Single(entry => entry.Name == name);
        Payload payload = TransferHarness.Write(entry.Value, entry.Declared, policy);
        Assert.Null(DeepEqual.Difference(entry.Value, TransferHarness.Read(payload, entry.Declared, policy)));
    }
}
