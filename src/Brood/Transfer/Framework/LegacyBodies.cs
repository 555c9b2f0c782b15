using System.Collections;
using System.Collections.Specialized;
using System.Reflection;

namespace Brood.Transfer;

/// <summary>A collection of single items of the time before generics.</summary>
internal abstract class LegacySequenceBody(Type type) : BodyCodec(type)
{
    /// <summary>The items in the order in which adding them makes the same collection.</summary>
    protected abstract object?[] ItemsOf(object value);

    protected abstract object Make();

    protected abstract void Add(object collection, object? item);

    public sealed override void Write(TransferWriter writer, object value)
    {
        object?[] items = ItemsOf(value);
        writer.WriteVarint((uint)items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            writer.At(i);
            References.Write(writer, items[i], typeof(object));
        }
    }

    public sealed override object Read(ref TransferReader reader, int objectIndex)
    {
        object collection = Make();
        reader.Made(objectIndex, collection);
        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            Add(collection, References.Read(ref reader, typeof(object)));
        }
        return collection;
    }
}

internal sealed class ArrayListBody() : LegacySequenceBody(typeof(ArrayList))
{
    protected override object?[] ItemsOf(object value) => ((ArrayList)value).ToArray();

    protected override object Make() => new ArrayList();

    protected override void Add(object collection, object? item) => ((ArrayList)collection).Add(item);
}

internal sealed class LegacyQueueBody() : LegacySequenceBody(typeof(Queue))
{
    protected override object?[] ItemsOf(object value) => ((Queue)value).ToArray();

    protected override object Make() => new Queue();

    protected override void Add(object collection, object? item) => ((Queue)collection).Enqueue(item);
}

internal sealed class LegacyStackBody() : LegacySequenceBody(typeof(Stack))
{
    protected override object?[] ItemsOf(object value)
    {
        object?[] items = ((Stack)value).ToArray();
        Array.Reverse(items);
        return items;
    }

    protected override object Make() => new Stack();

    protected override void Add(object collection, object? item) => ((Stack)collection).Push(item);
}

/// <summary>Made late: its keys may be anything, so they must be complete.</summary>
internal sealed class HashtableBody() : BodyCodec(typeof(Hashtable))
{
    private static readonly PropertyInfo s_comparer =
        typeof(Hashtable).GetProperty("EqualityComparer", BindingFlags.Instance | BindingFlags.NonPublic)!;

    public override bool IsMadeLate => true;

    public override void Write(TransferWriter writer, object value)
    {
        var table = (Hashtable)value;
        writer.At(TransferWriter.BeforeMade);
        References.Write(writer, s_comparer.GetValue(table), typeof(IEqualityComparer));
        var entries = new DictionaryEntry[table.Count];
        table.CopyTo(entries, 0);
        writer.WriteVarint((uint)entries.Length);
        writer.OpenKeys();
        for (int i = 0; i < entries.Length; i++)
        {
            writer.At(i);
            References.Write(writer, entries[i].Key, typeof(object));
            References.Write(writer, entries[i].Value, typeof(object));
        }
        writer.CloseKeys();
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        var comparer = (IEqualityComparer?)References.ReadPart(ref reader, typeof(IEqualityComparer));
        var entries = new (object Key, object? Value)[reader.ReadCount(2)];
        int seenBefore = reader.SeenCount;
        for (int i = 0; i < entries.Length; i++)
        {
            object key = References.Read(ref reader, typeof(object)) ?? throw TransferReader.Damaged("a key is null");
            entries[i] = (key, References.Read(ref reader, typeof(object)));
        }
        ForeignKeys.CheckHashed(
            ref reader, Array.ConvertAll(entries, static entry => entry.Key), new Hasher(comparer), reader.SeenCount == seenBefore);
        var table = new Hashtable(comparer);
        foreach ((object key, object? value) in entries)
        {
            table.Add(key, value);
        }
        return table;
    }
}

internal sealed class NameValueBody : BodyCodec
{
    private static readonly FieldInfo? s_comparer =
        typeof(NameObjectCollectionBase).GetField("_keyComparer", BindingFlags.Instance | BindingFlags.NonPublic);

    private NameValueBody() : base(typeof(NameValueCollection)) { }

    public override bool IsMadeLate => true;

    /// <summary>Null if this framework keeps the comparer where it cannot be found: better refused than lost.</summary>
    public static BodyCodec? Find(Type type) =>
        type == typeof(NameValueCollection) && s_comparer is not null ? new NameValueBody() : null;

    public override void Write(TransferWriter writer, object value)
    {
        var collection = (NameValueCollection)value;
        writer.At(TransferWriter.BeforeMade);
        References.Write(writer, s_comparer!.GetValue(collection), typeof(IEqualityComparer));
        writer.WriteVarint((uint)collection.Count);
        for (int i = 0; i < collection.Count; i++)
        {
            Codec<string?>.Declared.Write(writer, collection.GetKey(i));
            Codec<string[]?>.Declared.Write(writer, collection.GetValues(i));
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        var comparer = (IEqualityComparer?)References.ReadPart(ref reader, typeof(IEqualityComparer));
        var entries = new (string? Key, string[]? Values)[reader.ReadCount(2)];
        for (int i = 0; i < entries.Length; i++)
        {
            string? key = Codec<string?>.Declared.Read(ref reader);
            entries[i] = (key, Codec<string[]?>.Declared.Read(ref reader));
        }
        ForeignKeys.CheckHashed(ref reader, Array.ConvertAll(entries, static entry => entry.Key ?? ""), new Hasher(comparer), areComplete: true);
        var collection = new NameValueCollection(comparer);
        foreach ((string? key, string[]? values) in entries)
        {
            if (values is null)
            {
                collection.Add(key, null);
                continue;
            }
            foreach (string item in values)
            {
                collection.Add(key, item);
            }
        }
        return collection;
    }
}

/// <summary>What a table without type arguments asks its keys.</summary>
internal sealed class Hasher(IEqualityComparer? comparer) : IEqualityComparer<object>
{
    public new bool Equals(object? left, object? right) => comparer?.Equals(left, right) ?? object.Equals(left, right);

    public int GetHashCode(object key) => comparer?.GetHashCode(key) ?? key.GetHashCode();
}
