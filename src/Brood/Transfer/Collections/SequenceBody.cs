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
        var fill = new Fill(this, collection, items);
        if (reader.SeenCount == seenBefore)
        {
            fill.Run();
        }
        else
        {
            reader.Defer(fill);
        }
    }

    private sealed class Fill(SequenceBody<TItem> body, object collection, TItem[] items) : DeferredFill
    {
        public override void Run()
        {
            foreach (TItem item in items)
            {
                body.Add(collection, item);
            }
        }
    }
}
