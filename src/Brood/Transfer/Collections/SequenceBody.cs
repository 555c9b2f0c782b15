namespace Brood.Transfer;

/// <summary>A mutable collection of single items. Layout: comparer, added fields, count, items.</summary>
internal abstract class SequenceBody<TItem>(Type type, Type known) : FilledBody(type, known)
{
    /// <summary>Whether items are placed by what they contain, so that they must be complete when they are added.</summary>
    protected virtual bool PlacesByContent => false;

    /// <summary>The comparer's declared type; null if there is none.</summary>
    protected virtual Type? ComparerType => null;

    protected virtual object? ComparerOf(object value) => null;

    /// <summary>The items in the order in which adding them makes the same collection.</summary>
    protected abstract TItem[] ItemsOf(object value);

    protected abstract object Make(object? comparer);

    protected abstract void Add(object collection, TItem item);

    /// <summary>The comparer that says into which bucket an item falls; null if there are no buckets.</summary>
    protected virtual IEqualityComparer<TItem>? HashComparerOf(object collection) => null;

    /// <summary>Makes room, so that the number of buckets is known.</summary>
    protected virtual int Reserve(object collection, int count) => 0;

    /// <summary>The part of an item that it is placed by.</summary>
    protected virtual object? KeyOf(TItem item) => item;

    public sealed override void Write(TransferWriter writer, object value)
    {
        if (ComparerType is { } comparerType)
        {
            writer.At(TransferWriter.BeforeMade);
            References.Write(writer, ComparerOf(value), comparerType);
        }
        WriteAdded(writer, value);
        TItem[] items = ItemsOf(value);
        Codec<TItem> codec = Codec<TItem>.Declared;
        writer.WriteVarint((uint)items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            writer.At(i);
            codec.Write(writer, items[i]);
        }
    }

    public sealed override object Read(ref TransferReader reader, int objectIndex)
    {
        object? comparer = ComparerType is { } comparerType ? References.ReadPart(ref reader, comparerType) : null;
        object collection = Make(comparer);
        reader.Made(objectIndex, collection);
        ReadAdded(ref reader, collection);
        Codec<TItem> codec = Codec<TItem>.Declared;
        int count = reader.ReadCount(codec.MinBytes);
        if (PlacesByContent)
        {
            ReadItems(ref reader, collection, codec, count);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                Add(collection, codec.Read(ref reader));
            }
        }
        return collection;
    }

    private void ReadItems(ref TransferReader reader, object collection, Codec<TItem> codec, int count)
    {
        int seenBefore = reader.SeenCount;
        var items = new TItem[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = codec.Read(ref reader);
        }
        bool areComplete = reader.SeenCount == seenBefore;
        var fill = new Fill(this, collection, items, areComplete);
        if (areComplete)
        {
            fill.Run(ref reader);
        }
        else
        {
            reader.Defer(fill);
        }
    }

    private void CheckItems(ref TransferReader reader, object collection, TItem[] items, bool areComplete)
    {
        if (!areComplete)
        {
            ForeignKeys.CheckParts(reader, items.Select(KeyOf));
        }
        if (HashComparerOf(collection) is { } comparer && ForeignKeys.MayCollide(reader, items.Length, comparer))
        {
            ForeignKeys.CheckHashes(ref reader, items, comparer, Reserve(collection, items.Length));
        }
    }

    private sealed class Fill(SequenceBody<TItem> body, object collection, TItem[] items, bool areComplete) : DeferredFill
    {
        public override void Run(ref TransferReader reader)
        {
            body.CheckItems(ref reader, collection, items, areComplete);
            foreach (TItem item in items)
            {
                body.Add(collection, item);
            }
        }
    }
}
