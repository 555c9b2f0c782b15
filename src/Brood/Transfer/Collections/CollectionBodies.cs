namespace Brood.Transfer;

/// <summary>The bodies of generic collections, by the full name of the collection.</summary>
internal static class CollectionBodies
{
    /// <summary>The body for a framework collection or an application's subclass of one; null if there is none.</summary>
    public static BodyCodec? Make(string fullName, Type type, Type known)
    {
        bool isOwn = !OwnTypes.IsFramework(type.Assembly);
        if (FindFilled(fullName) is { } filled)
        {
            // A hidden subclass of the framework, such as a view of a set, is more than its items.
            return isOwn || type == known
                ? (BodyCodec)Activator.CreateInstance(filled.MakeGenericType(known.GetGenericArguments()), type, known)!
                : null;
        }
        return !isOwn && FindBuilt(fullName) is { } built
            ? (BodyCodec)Activator.CreateInstance(built.MakeGenericType(known.GetGenericArguments()), known)!
            : null;
    }

    private static Type? FindFilled(string fullName) => fullName switch
    {
        "System.Collections.Generic.List`1" => typeof(ListBody<>),
        "System.Collections.Generic.Dictionary`2" => typeof(DictionaryBody<,>),
        "System.Collections.Generic.HashSet`1" => typeof(HashSetBody<>),
        "System.Collections.Generic.Queue`1" => typeof(QueueBody<>),
        "System.Collections.Generic.Stack`1" => typeof(StackBody<>),
        "System.Collections.Generic.LinkedList`1" => typeof(LinkedListBody<>),
        "System.Collections.Generic.SortedSet`1" => typeof(SortedSetBody<>),
        "System.Collections.Generic.SortedDictionary`2" => typeof(SortedDictionaryBody<,>),
        "System.Collections.Generic.SortedList`2" => typeof(SortedListBody<,>),
        "System.Collections.Generic.PriorityQueue`2" => typeof(PriorityQueueBody<,>),
        "System.Collections.Generic.OrderedDictionary`2" => typeof(OrderedDictionaryBody<,>),
        "System.Collections.Concurrent.ConcurrentDictionary`2" => typeof(ConcurrentDictionaryBody<,>),
        "System.Collections.Concurrent.ConcurrentQueue`1" => typeof(ConcurrentQueueBody<>),
        "System.Collections.Concurrent.ConcurrentStack`1" => typeof(ConcurrentStackBody<>),
        "System.Collections.Concurrent.ConcurrentBag`1" => typeof(ConcurrentBagBody<>),
        _ => null,
    };

    private static Type? FindBuilt(string fullName) => fullName switch
    {
        "System.Collections.Immutable.ImmutableList`1" => typeof(ImmutableListBody<>),
        "System.Collections.Immutable.ImmutableQueue`1" => typeof(ImmutableQueueBody<>),
        "System.Collections.Immutable.ImmutableStack`1" => typeof(ImmutableStackBody<>),
        "System.Collections.Immutable.ImmutableHashSet`1" => typeof(ImmutableHashSetBody<>),
        "System.Collections.Immutable.ImmutableSortedSet`1" => typeof(ImmutableSortedSetBody<>),
        "System.Collections.Immutable.ImmutableDictionary`2" => typeof(ImmutableDictionaryBody<,>),
        "System.Collections.Immutable.ImmutableSortedDictionary`2" => typeof(ImmutableSortedDictionaryBody<,>),
        "System.Collections.Frozen.FrozenSet`1" => typeof(FrozenSetBody<>),
        "System.Collections.Frozen.FrozenDictionary`2" => typeof(FrozenDictionaryBody<,>),
        "System.Collections.ObjectModel.ReadOnlyDictionary`2" => typeof(ReadOnlyDictionaryBody<,>),
        "System.Collections.ObjectModel.ReadOnlySet`1" => typeof(ReadOnlySetBody<>),
        "System.Lazy`1" => typeof(LazyBody<>),
        "System.Collections.Generic.Comparer`1" => typeof(DefaultComparerBody<>),
        "System.Collections.Generic.EqualityComparer`1" => typeof(DefaultEqualityComparerBody<>),
        _ => null,
    };
}
