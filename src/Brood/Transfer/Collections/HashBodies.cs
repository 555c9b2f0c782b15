using System.Collections.Concurrent;

namespace Brood.Transfer;

internal sealed class DictionaryBody<TKey, TValue>(Type type, Type known) : MapBody<TKey, TValue>(type, known) where TKey : notnull
{
    protected override Type ComparerType => typeof(IEqualityComparer<TKey>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((Dictionary<TKey, TValue>)value).Comparer);

    protected override KeyValuePair<TKey, TValue>[] PairsOf(object value) => [.. (Dictionary<TKey, TValue>)value];

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer)) : new Dictionary<TKey, TValue>((IEqualityComparer<TKey>?)comparer);

    protected override void Add(object map, TKey key, TValue value) => ((Dictionary<TKey, TValue>)map).Add(key, value);

    protected override IEqualityComparer<TKey> HashComparerOf(object map) => ((Dictionary<TKey, TValue>)map).Comparer;

    protected override int[] Reserve(object map, int count) => [((Dictionary<TKey, TValue>)map).EnsureCapacity(count)];
}

internal sealed class OrderedDictionaryBody<TKey, TValue>(Type type, Type known) : MapBody<TKey, TValue>(type, known)
    where TKey : notnull
{
    protected override Type ComparerType => typeof(IEqualityComparer<TKey>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((OrderedDictionary<TKey, TValue>)value).Comparer);

    protected override KeyValuePair<TKey, TValue>[] PairsOf(object value) => [.. (OrderedDictionary<TKey, TValue>)value];

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer)) : new OrderedDictionary<TKey, TValue>((IEqualityComparer<TKey>?)comparer);

    protected override void Add(object map, TKey key, TValue value) => ((OrderedDictionary<TKey, TValue>)map).Add(key, value);

    protected override IEqualityComparer<TKey> HashComparerOf(object map) => ((OrderedDictionary<TKey, TValue>)map).Comparer;

    protected override int[] Reserve(object map, int count) => [((OrderedDictionary<TKey, TValue>)map).EnsureCapacity(count)];
}

internal sealed class ConcurrentDictionaryBody<TKey, TValue>(Type type, Type known) : MapBody<TKey, TValue>(type, known)
    where TKey : notnull
{
    protected override Type ComparerType => typeof(IEqualityComparer<TKey>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((ConcurrentDictionary<TKey, TValue>)value).Comparer);

    protected override KeyValuePair<TKey, TValue>[] PairsOf(object value) => ((ConcurrentDictionary<TKey, TValue>)value).ToArray();

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer ?? EqualityComparer<TKey>.Default))
            : new ConcurrentDictionary<TKey, TValue>((IEqualityComparer<TKey>?)comparer);

    protected override void Add(object map, TKey key, TValue value)
    {
        if (!((ConcurrentDictionary<TKey, TValue>)map).TryAdd(key, value))
        {
            throw TransferReader.Damaged("a dictionary holds a key twice");
        }
    }

    protected override IEqualityComparer<TKey> HashComparerOf(object map) => ((ConcurrentDictionary<TKey, TValue>)map).Comparer;

    // There is no making room: it doubles from its first size on, at the latest when there are as many items as buckets.
    protected override int[] Reserve(object map, int count)
    {
        List<int> bucketCounts = [];
        for (int buckets = ForeignKeys.BucketCount(FirstBuckets); buckets / 8 < count; buckets = ForeignKeys.BucketCount(2 * buckets))
        {
            if (buckets > count / 8)
            {
                bucketCounts.Add(buckets);
            }
        }
        return [.. bucketCounts];
    }

    private const int FirstBuckets = 31;
}

internal sealed class HashSetBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    protected override bool PlacesByContent => true;

    protected override Type ComparerType => typeof(IEqualityComparer<T>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((HashSet<T>)value).Comparer);

    protected override T[] ItemsOf(object value) => [.. (HashSet<T>)value];

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer)) : new HashSet<T>((IEqualityComparer<T>?)comparer);

    protected override void Add(object collection, T item)
    {
        if (!((HashSet<T>)collection).Add(item))
        {
            throw TransferReader.Damaged("a set holds an item twice");
        }
    }

    protected override IEqualityComparer<T> HashComparerOf(object collection) => ((HashSet<T>)collection).Comparer;

    protected override int Reserve(object collection, int count) => ((HashSet<T>)collection).EnsureCapacity(count);
}
