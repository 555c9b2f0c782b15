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
}
