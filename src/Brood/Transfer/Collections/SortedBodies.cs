namespace Brood.Transfer;

internal sealed class SortedDictionaryBody<TKey, TValue>(Type type, Type known) : MapBody<TKey, TValue>(type, known)
    where TKey : notnull
{
    protected override Type ComparerType => typeof(IComparer<TKey>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((SortedDictionary<TKey, TValue>)value).Comparer);

    protected override KeyValuePair<TKey, TValue>[] PairsOf(object value) => [.. (SortedDictionary<TKey, TValue>)value];

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer)) : new SortedDictionary<TKey, TValue>((IComparer<TKey>?)comparer);

    protected override void Add(object map, TKey key, TValue value) => ((SortedDictionary<TKey, TValue>)map).Add(key, value);
}

internal sealed class SortedListBody<TKey, TValue>(Type type, Type known) : MapBody<TKey, TValue>(type, known) where TKey : notnull
{
    protected override Type ComparerType => typeof(IComparer<TKey>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((SortedList<TKey, TValue>)value).Comparer);

    protected override KeyValuePair<TKey, TValue>[] PairsOf(object value) => [.. (SortedList<TKey, TValue>)value];

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer)) : new SortedList<TKey, TValue>((IComparer<TKey>?)comparer);

    protected override void Add(object map, TKey key, TValue value) => ((SortedList<TKey, TValue>)map).Add(key, value);

    // Each item that comes out of order would move all that are greater.
    protected override bool NeedsArranging => true;

    protected override void Arrange(object map, List<KeyValuePair<TKey, TValue>> pairs)
    {
        IComparer<TKey> comparer = ((SortedList<TKey, TValue>)map).Comparer;
        pairs.Sort((left, right) => comparer.Compare(left.Key, right.Key));
    }
}

internal sealed class SortedSetBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    protected override bool PlacesByContent => true;

    protected override Type ComparerType => typeof(IComparer<T>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((SortedSet<T>)value).Comparer);

    protected override T[] ItemsOf(object value) => [.. (SortedSet<T>)value];

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer)) : new SortedSet<T>((IComparer<T>?)comparer);

    protected override void Add(object collection, T item)
    {
        if (!((SortedSet<T>)collection).Add(item))
        {
            throw TransferReader.Damaged("a set holds an item twice");
        }
    }
}

/// <summary>Items of equal priority may come out in another order: the queue promises none.</summary>
internal sealed class PriorityQueueBody<TElement, TPriority>(Type type, Type known)
    : SequenceBody<(TElement Element, TPriority Priority)>(type, known)
{
    protected override bool PlacesByContent => true;

    protected override Type ComparerType => typeof(IComparer<TPriority>);

    protected override object? ComparerOf(object value) => Comparers.Tell(((PriorityQueue<TElement, TPriority>)value).Comparer);

    protected override (TElement, TPriority)[] ItemsOf(object value) => [.. ((PriorityQueue<TElement, TPriority>)value).UnorderedItems];

    protected override object Make(object? comparer) =>
        IsDerived ? MakeDerived((ComparerType, comparer)) : new PriorityQueue<TElement, TPriority>((IComparer<TPriority>?)comparer);

    protected override object? KeyOf((TElement Element, TPriority Priority) item) => item.Priority;

    protected override void Add(object collection, (TElement Element, TPriority Priority) item) =>
        ((PriorityQueue<TElement, TPriority>)collection).Enqueue(item.Element, item.Priority);
}
