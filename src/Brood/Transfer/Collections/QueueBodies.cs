using System.Collections.Concurrent;

namespace Brood.Transfer;

internal sealed class QueueBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    protected override T[] ItemsOf(object value) => ((Queue<T>)value).ToArray();

    protected override object Make(object? comparer) => IsDerived ? MakeDerived() : new Queue<T>();

    protected override void Add(object collection, T item) => ((Queue<T>)collection).Enqueue(item);
}

internal sealed class StackBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    protected override T[] ItemsOf(object value)
    {
        T[] items = ((Stack<T>)value).ToArray();
        Array.Reverse(items);
        return items;
    }

    protected override object Make(object? comparer) => IsDerived ? MakeDerived() : new Stack<T>();

    protected override void Add(object collection, T item) => ((Stack<T>)collection).Push(item);
}

internal sealed class LinkedListBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    protected override T[] ItemsOf(object value) => [.. (LinkedList<T>)value];

    protected override object Make(object? comparer) => IsDerived ? MakeDerived() : new LinkedList<T>();

    protected override void Add(object collection, T item) => ((LinkedList<T>)collection).AddLast(item);
}

internal sealed class ConcurrentQueueBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    protected override T[] ItemsOf(object value) => ((ConcurrentQueue<T>)value).ToArray();

    protected override object Make(object? comparer) => IsDerived ? MakeDerived() : new ConcurrentQueue<T>();

    protected override void Add(object collection, T item) => ((ConcurrentQueue<T>)collection).Enqueue(item);
}

internal sealed class ConcurrentStackBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    protected override T[] ItemsOf(object value)
    {
        T[] items = ((ConcurrentStack<T>)value).ToArray();
        Array.Reverse(items);
        return items;
    }

    protected override object Make(object? comparer) => IsDerived ? MakeDerived() : new ConcurrentStack<T>();

    protected override void Add(object collection, T item) => ((ConcurrentStack<T>)collection).Push(item);
}

internal sealed class ConcurrentBagBody<T>(Type type, Type known) : SequenceBody<T>(type, known)
{
    // A bag hands out last what was added first.
    protected override T[] ItemsOf(object value)
    {
        T[] items = ((ConcurrentBag<T>)value).ToArray();
        Array.Reverse(items);
        return items;
    }

    protected override object Make(object? comparer) => IsDerived ? MakeDerived() : new ConcurrentBag<T>();

    protected override void Add(object collection, T item) => ((ConcurrentBag<T>)collection).Add(item);
}
