using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Brood.Transfer;

internal sealed class ImmutableListBody<T>(Type known) : BuiltBody<T>(known)
{
    protected override T[] ItemsOf(object value) => [.. (ImmutableList<T>)value];

    protected override object Build(T[] items, object?[] comparers) => ImmutableList.Create(items);
}

internal sealed class ImmutableQueueBody<T>(Type known) : BuiltBody<T>(known)
{
    protected override T[] ItemsOf(object value) => [.. (ImmutableQueue<T>)value];

    protected override object Build(T[] items, object?[] comparers) => ImmutableQueue.Create(items);
}

internal sealed class ImmutableStackBody<T>(Type known) : BuiltBody<T>(known)
{
    protected override T[] ItemsOf(object value)
    {
        T[] items = [.. (ImmutableStack<T>)value];
        Array.Reverse(items);
        return items;
    }

    protected override object Build(T[] items, object?[] comparers) => ImmutableStack.Create(items);
}

internal sealed class ImmutableHashSetBody<T>(Type known) : BuiltBody<T>(known)
{
    private static readonly Type[] s_comparers = [typeof(IEqualityComparer<T>)];

    protected override bool PlacesByContent => true;

    protected override ReadOnlySpan<Type> ComparerTypes => s_comparers;

    protected override object? ComparerOf(object value, int position) => Comparers.Tell(((ImmutableHashSet<T>)value).KeyComparer);

    protected override T[] ItemsOf(object value) => [.. (ImmutableHashSet<T>)value];

    protected override void CheckItems(ref TransferReader reader, T[] items, object?[] comparers, bool areComplete) =>
        ForeignKeys.CheckHashed(ref reader, items, (IEqualityComparer<T>?)comparers[0], areComplete);

    protected override object Build(T[] items, object?[] comparers) =>
        ImmutableHashSet.Create((IEqualityComparer<T>?)comparers[0], items);
}

internal sealed class ImmutableSortedSetBody<T>(Type known) : BuiltBody<T>(known)
{
    private static readonly Type[] s_comparers = [typeof(IComparer<T>)];

    protected override bool PlacesByContent => true;

    protected override ReadOnlySpan<Type> ComparerTypes => s_comparers;

    protected override object? ComparerOf(object value, int position) => Comparers.Tell(((ImmutableSortedSet<T>)value).KeyComparer);

    protected override T[] ItemsOf(object value) => [.. (ImmutableSortedSet<T>)value];

    protected override void CheckItems(ref TransferReader reader, T[] items, object?[] comparers, bool areComplete) =>
        ForeignKeys.CheckSorted(ref reader, items, areComplete);

    protected override object Build(T[] items, object?[] comparers) =>
        ImmutableSortedSet.Create((IComparer<T>?)comparers[0], items);
}

internal sealed class ImmutableDictionaryBody<TKey, TValue>(Type known) : BuiltBody<KeyValuePair<TKey, TValue>>(known)
    where TKey : notnull
{
    private static readonly Type[] s_comparers = [typeof(IEqualityComparer<TKey>), typeof(IEqualityComparer<TValue>)];

    protected override bool PlacesByContent => true;

    protected override ReadOnlySpan<Type> ComparerTypes => s_comparers;

    protected override object? ComparerOf(object value, int position) => position == 0
        ? Comparers.Tell(((ImmutableDictionary<TKey, TValue>)value).KeyComparer)
        : Comparers.Tell(((ImmutableDictionary<TKey, TValue>)value).ValueComparer);

    protected override KeyValuePair<TKey, TValue>[] ItemsOf(object value) => [.. (ImmutableDictionary<TKey, TValue>)value];

    protected override void CheckItems(ref TransferReader reader, KeyValuePair<TKey, TValue>[] items, object?[] comparers, bool areComplete) =>
        ForeignKeys.CheckHashed(
            ref reader, Array.ConvertAll(items, static pair => pair.Key), (IEqualityComparer<TKey>?)comparers[0], areComplete);

    protected override object Build(KeyValuePair<TKey, TValue>[] items, object?[] comparers) => ImmutableDictionary.CreateRange(
        (IEqualityComparer<TKey>?)comparers[0], (IEqualityComparer<TValue>?)comparers[1], items);
}

internal sealed class ImmutableSortedDictionaryBody<TKey, TValue>(Type known) : BuiltBody<KeyValuePair<TKey, TValue>>(known)
    where TKey : notnull
{
    private static readonly Type[] s_comparers = [typeof(IComparer<TKey>), typeof(IEqualityComparer<TValue>)];

    protected override bool PlacesByContent => true;

    protected override ReadOnlySpan<Type> ComparerTypes => s_comparers;

    protected override object? ComparerOf(object value, int position) => position == 0
        ? Comparers.Tell(((ImmutableSortedDictionary<TKey, TValue>)value).KeyComparer)
        : Comparers.Tell(((ImmutableSortedDictionary<TKey, TValue>)value).ValueComparer);

    protected override KeyValuePair<TKey, TValue>[] ItemsOf(object value) => [.. (ImmutableSortedDictionary<TKey, TValue>)value];

    protected override void CheckItems(ref TransferReader reader, KeyValuePair<TKey, TValue>[] items, object?[] comparers, bool areComplete) =>
        ForeignKeys.CheckSorted(ref reader, Array.ConvertAll(items, static pair => pair.Key), areComplete);

    protected override object Build(KeyValuePair<TKey, TValue>[] items, object?[] comparers) => ImmutableSortedDictionary.CreateRange(
        (IComparer<TKey>?)comparers[0], (IEqualityComparer<TValue>?)comparers[1], items);
}

internal sealed class FrozenSetBody<T>(Type known) : BuiltBody<T>(known)
{
    private static readonly Type[] s_comparers = [typeof(IEqualityComparer<T>)];

    protected override bool PlacesByContent => true;

    protected override ReadOnlySpan<Type> ComparerTypes => s_comparers;

    protected override object? ComparerOf(object value, int position) => Comparers.Tell(((FrozenSet<T>)value).Comparer);

    protected override T[] ItemsOf(object value) => [.. (FrozenSet<T>)value];

    protected override void CheckItems(ref TransferReader reader, T[] items, object?[] comparers, bool areComplete) =>
        ForeignKeys.CheckHashed(ref reader, items, (IEqualityComparer<T>?)comparers[0], areComplete);

    protected override object Build(T[] items, object?[] comparers) => items.ToFrozenSet((IEqualityComparer<T>?)comparers[0]);
}

internal sealed class FrozenDictionaryBody<TKey, TValue>(Type known) : BuiltBody<KeyValuePair<TKey, TValue>>(known)
    where TKey : notnull
{
    private static readonly Type[] s_comparers = [typeof(IEqualityComparer<TKey>)];

    protected override bool PlacesByContent => true;

    protected override ReadOnlySpan<Type> ComparerTypes => s_comparers;

    protected override object? ComparerOf(object value, int position) => Comparers.Tell(((FrozenDictionary<TKey, TValue>)value).Comparer);

    protected override KeyValuePair<TKey, TValue>[] ItemsOf(object value) => [.. (FrozenDictionary<TKey, TValue>)value];

    protected override void CheckItems(ref TransferReader reader, KeyValuePair<TKey, TValue>[] items, object?[] comparers, bool areComplete) =>
        ForeignKeys.CheckHashed(
            ref reader, Array.ConvertAll(items, static pair => pair.Key), (IEqualityComparer<TKey>?)comparers[0], areComplete);

    protected override object Build(KeyValuePair<TKey, TValue>[] items, object?[] comparers) =>
        items.ToFrozenDictionary((IEqualityComparer<TKey>?)comparers[0]);
}
