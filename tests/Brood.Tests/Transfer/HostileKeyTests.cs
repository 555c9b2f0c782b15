using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.Specialized;
using System.Reflection;
using Brood.Transfer.Zoo;

namespace Brood.Transfer;

/// <summary>Keys that a hostile worker chooses so that the host would never be done with them, or overflow its stack.</summary>
public class HostileKeyTests
{
    private const int Many = 6_000;

    [Fact]
    public void Keys_that_fall_into_one_bucket_of_the_table_are_refused()
    {
        // As many buckets as the table has that is made for so many.
        int buckets = new HashSet<int>(Many).Capacity;
        IEnumerable<long> keys = Enumerable.Range(0, Many).Select(i => (long)i * buckets);
        AssertRefused(new HashSet<long>(keys));
        AssertRefused(keys.ToDictionary(key => key, _ => 1));
        AssertRefused(new OrderedDictionary<long, int>(keys.Select(key => KeyValuePair.Create(key, 1))));
        AssertRefused(keys.ToDictionary(key => (object)key, _ => 1));
        AssertRefused(keys.Select(key => KeyValuePair.Create(key, 1)).ToFrozenDictionary());
    }

    [Fact]
    public void Keys_that_fall_into_one_bucket_while_a_concurrent_dictionary_grows_are_refused()
    {
        var grown = new ConcurrentDictionary<long, int>();
        var sizes = new HashSet<int>();
        for (int i = 0; i < Many; i++)
        {
            grown[i] = i;
            sizes.Add(Buckets(grown));
        }
        foreach (int buckets in sizes.Where(size => size > Many / 4))
        {
            AssertRefused(new ConcurrentDictionary<long, int>(
                Enumerable.Range(0, Many).Select(i => KeyValuePair.Create((long)i * buckets, 1))));
        }
    }

    [Fact]
    public void Keys_of_one_hash_code_are_refused_in_all_collections_that_hash()
    {
        // A long's hash code is its low half xor its high half.
        long[] keys = [.. Enumerable.Range(0, Many).Select(i => ((long)i << 32) | (uint)i)];
        Assert.Single(keys.Select(key => key.GetHashCode()).Distinct());
        AssertRefused(new HashSet<long>(keys));
        AssertRefused(keys.ToFrozenSet());
        AssertRefused(keys.ToImmutableHashSet());
        AssertRefused(keys.ToImmutableDictionary(key => key, _ => ""));
        AssertRefused(new ConcurrentDictionary<long, int>(keys.Select(key => KeyValuePair.Create(key, 1))));
        AssertRefused(new Hashtable(keys.ToDictionary(key => key, _ => 1)));
        var names = new NameValueCollection((IEqualityComparer)new AllAlike());
        Array.ForEach(keys, key => names.Add($"{key}", "a"));
        AssertRefused(names);
        AssertRefused(keys.Select(key => $"{key}").ToHashSet(new AllAlike()));
    }

    [Fact]
    public void What_many_small_tables_cost_is_added_up()
    {
        const int few = 1_000;
        long[] keys = [.. Enumerable.Range(0, few).Select(i => ((long)i << 32) | (uint)i)];
        Assert.Equal(few, TransferHarness.Copy(keys.ToHashSet()).Count);
        AssertRefused(Enumerable.Range(0, 40).Select(_ => keys.ToHashSet()).ToArray());
    }

    [Fact]
    public void Keys_of_one_bucket_are_welcome_from_the_host()
    {
        long[] keys = [.. Enumerable.Range(0, Many).Select(i => ((long)i << 32) | (uint)i)];
        Assert.Equal(Many, TransferHarness.CopyTrusted(new HashSet<long>(keys)).Count);
    }

    [Fact]
    public void Many_keys_that_do_not_collide_cross()
    {
        const int count = 300_000;
        Assert.Equal(count, TransferHarness.Copy(Enumerable.Range(0, count).ToHashSet()).Count);
        Assert.Equal(count, TransferHarness.Copy(Enumerable.Range(0, count).ToDictionary(i => i * 1_000.0)).Count);
        Assert.Equal(count, TransferHarness.Copy(Enumerable.Range(0, count).ToDictionary(i => $"{i}")).Count);
        Assert.Equal(count, TransferHarness.Copy(new ConcurrentDictionary<int, int>(Enumerable.Range(0, count).ToDictionary(i => i))).Count);
    }

    [Fact]
    public void A_sorted_list_in_the_wrong_order_is_sorted_at_once()
    {
        Payload payload = TransferHarness.Write(
            new SortedList<int, int>(Enumerable.Range(0, 300_000).ToDictionary(i => i)), typeof(SortedList<int, int>));
        Array.Reverse(payload.Inline, 7, payload.Inline.Length - 7);
        var list = (SortedList<int, int>)TransferHarness.Read(payload, typeof(SortedList<int, int>))!;
        Assert.Equal(300_000, list.Count);
    }

    [Fact]
    public void A_key_that_contains_itself_is_refused_where_equality_would_not_end()
    {
        var ring = new Chain();
        ring.Next = ring;
        foreach (object key in (object[])[ring, Tuple.Create<object>(ring), (1, (object)ring), new { A = 1, B = (object)ring }])
        {
            AssertForgedRefused(key);
        }
        // By reference it is a key like any other.
        var byReference = new Dictionary<object, int>(ReferenceEqualityComparer.Instance) { [ring] = 1 };
        Assert.Single(TransferHarness.CopyTrusted(byReference));
    }

    [Fact]
    public void A_key_that_nests_too_deep_or_unfolds_to_too_much_is_refused()
    {
        Chain? deep = null;
        Pair? wide = null;
        for (int i = 0; i < 2_000; i++)
        {
            deep = new Chain { Next = deep };
        }
        for (int i = 0; i < 60; i++)
        {
            wide = new Pair(wide, wide);
        }
        AssertForgedRefused(deep!);
        AssertForgedRefused(wide!);
    }

    [Fact]
    public void Keys_that_others_refer_to_cross()
    {
        var shared = new Chain { Next = new Chain() };
        var value = new object[] { shared, new Dictionary<Chain, int> { [shared] = 1 }, new HashSet<Pair> { new(new(null, null), null) } };
        Assert.Null(DeepEqual.Difference(value, TransferHarness.Copy(value)));
    }

    [Fact]
    public void Collections_in_collections_cannot_all_claim_the_same_bytes()
    {
        // Each array says that it is as long as all that is left, and its first element is the next one.
        TransferWriter writer = TransferWriter.Rent();
        const int length = 100_000;
        for (int i = 0; i < 400; i++)
        {
            writer.WriteByte(i == 0 ? (byte)2 : (byte)3);
            if (i > 0)
            {
                writer.WriteType(typeof(object[]));
            }
            writer.WriteVarint(length);
        }
        writer.WriteBytes(new byte[length]);
        var payload = new Payload(writer.Inline.ToArray(), []);
        writer.Return();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TransferException>(() => TransferHarness.Read(payload, typeof(object[])));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * length * IntPtr.Size);
    }

    private static void AssertRefused(object value)
    {
        Type declared = value.GetType();
        Payload payload = TransferHarness.Write(value, declared);
        Assert.StartsWith("The bytes are damaged", Assert.Throws<TransferException>(() => TransferHarness.Read(payload, declared)).Message);
    }

    /// <summary>The key in collections that no honest worker could have made: it would not have got out of them.</summary>
    private static void AssertForgedRefused(object key)
    {
        foreach (Type declared in (Type[])[typeof(HashSet<object>), typeof(ImmutableHashSet<object>), typeof(FrozenSet<object>), typeof(SortedSet<object>)])
        {
            TransferWriter writer = TransferWriter.Rent();
            writer.Policy = TypePolicy.Default;
            writer.WriteByte(2); // as declared
            writer.TryFindSeen(new object(), out _); // the collection's number
            writer.WriteByte(0); // no comparer
            writer.WriteVarint(1);
            References.Write(writer, key, typeof(object));
            Payload payload = Payload.Of(writer);
            writer.Return();
            TransferException e = Assert.Throws<TransferException>(() => TransferHarness.Read(payload, declared));
            Assert.StartsWith("The bytes are damaged: a key ", e.Message);
        }
    }

    private static int Buckets<TKey, TValue>(ConcurrentDictionary<TKey, TValue> dictionary) where TKey : notnull
    {
        const BindingFlags hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        object tables = typeof(ConcurrentDictionary<TKey, TValue>).GetField("_tables", hidden)!.GetValue(dictionary)!;
        return ((Array)tables.GetType().GetField("_buckets", hidden)!.GetValue(tables)!).Length;
    }

    public sealed record Chain { public Chain? Next { get; set; } }

    public sealed record Pair(Pair? Left, Pair? Right);

    public sealed class AllAlike : IEqualityComparer<string>, IEqualityComparer
    {
        public bool Equals(string? x, string? y) => x == y;
        public int GetHashCode(string obj) => 1;
        bool IEqualityComparer.Equals(object? x, object? y) => object.Equals(x, y);
        int IEqualityComparer.GetHashCode(object obj) => 1;
    }
}
