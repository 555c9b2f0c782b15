namespace Brood.Transfer;

public class ReferenceTests
{
    [Fact]
    public void A_derived_instance_arrives_as_what_it_was()
    {
        Animal copy = TransferHarness.Copy<Animal>(new Dog { Name = "Rex", Tricks = ["roll"] });
        Dog dog = Assert.IsType<Dog>(copy);
        Assert.Equal("Rex", dog.Name);
        Assert.Equal(["roll"], dog.Tricks);
    }

    [Fact]
    public void A_value_declared_as_object_arrives_as_what_it_was()
    {
        Assert.Equal(5, TransferHarness.Copy<object>(5));
        Assert.Equal("text", TransferHarness.Copy<object>("text"));
        Assert.Equal(new List<int> { 1, 2 }, Assert.IsType<List<int>>(TransferHarness.Copy<object>(new List<int> { 1, 2 })));
    }

    [Fact]
    public void One_object_referred_to_twice_arrives_once()
    {
        int[] shared = [1, 2, 3];
        int[][] copy = TransferHarness.Copy<int[][]>([shared, shared]);
        Assert.Same(copy[0], copy[1]);
    }

    [Fact]
    public void A_cycle_arrives_as_a_cycle()
    {
        var first = new Node { Value = 1 };
        first.Next = new Node { Value = 2, Next = first };
        Node copy = TransferHarness.Copy(first);
        Assert.Same(copy, copy.Next!.Next);
        Assert.Equal(2, copy.Next.Value);
    }

    [Fact]
    public void A_large_array_travels_as_a_block()
    {
        double[] array = [.. Enumerable.Range(0, 10_000).Select(i => i / 3.0)];
        Assert.Single(TransferHarness.Write(array, typeof(double[])).Large);
        Assert.Equal(array, TransferHarness.Copy(array));
    }

    [Fact]
    public void A_dictionary_keeps_its_order_and_its_default_comparer()
    {
        Dictionary<string, int> copy = TransferHarness.Copy(new Dictionary<string, int> { ["b"] = 1, ["a"] = 2 });
        Assert.Equal(["b", "a"], copy.Keys);
        Assert.Equal(2, copy["a"]);
    }

    [Fact]
    public void A_tuple_arrives_whole() => Assert.Equal((1, "two", 3.0), TransferHarness.Copy((1, "two", 3.0)));

    [Fact]
    public void A_key_that_holds_its_own_dictionary_is_placed_after_it_is_complete()
    {
        var key = new Key { Name = "k" };
        key.Map = new Dictionary<Key, int> { [key] = 7 };
        Key copy = TransferHarness.Copy(key);
        Assert.Equal(7, copy.Map![new Key { Name = "k" }]);
        (Key First, HashSet<Key> Second) pair = TransferHarness.Copy((key, new HashSet<Key> { key }));
        Assert.Contains(pair.First, pair.Second);
    }

    [Fact]
    public void A_list_of_a_million_nodes_crosses_without_a_million_stack_frames()
    {
        Node? list = null;
        for (int i = 0; i < 1_000_000; i++)
        {
            list = new Node { Value = i, Next = list };
        }
        Node? copy = TransferHarness.Copy(list);
        int count = 0;
        for (; copy is not null; copy = copy.Next)
        {
            count++;
        }
        Assert.Equal(1_000_000, count);
    }

    [Fact]
    public void The_arguments_of_one_call_share_their_objects()
    {
        var shared = new Node();
        TransferWriter writer = TransferWriter.Rent();
        Codec<Node>.Declared.Write(writer, shared);
        Codec<Node[]>.Declared.Write(writer, [shared]);
        var reader = new TransferReader(writer.Inline, null, null, TypePolicy.TrustHost);
        Node first = Codec<Node>.Declared.Read(ref reader);
        Assert.Same(first, Codec<Node[]>.Declared.Read(ref reader)[0]);
        writer.Return();
    }

    [Fact]
    public void A_writer_that_was_returned_remembers_nothing()
    {
        var value = new Node();
        byte[] first = TransferHarness.Write(value, typeof(object)).Inline;
        Assert.Equal(first, TransferHarness.Write(value, typeof(object)).Inline);
    }

    [Fact]
    public void A_refused_value_is_named_with_its_path()
    {
        var order = new Order { Lines = [new Line(), new Line { Callback = Console.WriteLine }] };
        TransferException e = TransferHarness.Refused(order);
        Assert.Equal("Order.Lines[1].Callback → System.Action", e.Path);
    }

    public class Animal { public string? Name { get; init; } }

    public sealed class Dog : Animal { public required List<string> Tricks { get; init; } }

    public sealed class Node { public int Value; public Node? Next { get; set; } }

    // Map comes first, so that it is read while Name is still empty.
    public sealed class Key
    {
        public Dictionary<Key, int>? Map;
        public string? Name;

        public override bool Equals(object? obj) => obj is Key other && other.Name == Name;
        public override int GetHashCode() => Name!.GetHashCode();
    }

    public sealed class Order { public List<Line> Lines { get; set; } = []; }

    public sealed class Line { public Action? Callback { get; set; } }
}
