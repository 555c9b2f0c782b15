using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
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

    [Fact]
    public void Maps_without_type_arguments_keep_their_comparers()
    {
        StringComparer comparer = StringComparer.OrdinalIgnoreCase;
        foreach (IDictionary map in (IDictionary[])[
            new OrderedDictionary(comparer), new SortedList(comparer), new ListDictionary(comparer), new HybridDictionary(true), new Hashtable(comparer)])
        {
            map["key"] = 1;
            Assert.Equal(1, TransferHarness.Copy<object>(map) is IDictionary copy ? copy["KEY"] : null);
        }
        var czech = new SortedList(new Comparer(new CultureInfo("cs-CZ"))) { ["hrad"] = 1, ["chata"] = 2 };
        Assert.Equal(new[] { "hrad", "chata" }, TransferHarness.Copy(czech).Keys.Cast<string>());
    }

    private static void Cross(string name, TypePolicy policy)
    {
        ZooEntry entry = TransferZoo.All.Single(entry => entry.Name == name);
        Payload payload = TransferHarness.Write(entry.Value, entry.Declared, policy);
        Assert.Null(DeepEqual.Difference(entry.Value, TransferHarness.Read(payload, entry.Declared, policy)));
    }
}
