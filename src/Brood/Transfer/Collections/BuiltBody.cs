namespace Brood.Transfer;

/// <summary>A collection that is built from its items at once and never changes. It cannot be part of a cycle.</summary>
internal abstract class BuiltBody<TItem>(Type known) : BodyCodec(known)
{
    public sealed override bool IsMadeLate => true;

    /// <summary>Whether items are placed by what they contain, so that they must be complete when it is built.</summary>
    protected virtual bool PlacesByContent => false;

    /// <summary>The comparers' declared types, in the order in which they are written.</summary>
    protected virtual ReadOnlySpan<Type> ComparerTypes => [];

    protected virtual object? ComparerOf(object value, int position) => null;

    protected abstract TItem[] ItemsOf(object value);

    /// <summary>Checks items that an untrusted writer chose, before they are placed by content.</summary>
    /// <param name="areComplete">Whether none of them refers to what was read before.</param>
    protected virtual void CheckItems(ref TransferReader reader, TItem[] items, object?[] comparers, bool areComplete) { }

    protected abstract object Build(TItem[] items, object?[] comparers);

    public sealed override void Write(TransferWriter writer, object value)
    {
        writer.At(TransferWriter.BeforeMade);
        ReadOnlySpan<Type> types = ComparerTypes;
        for (int i = 0; i < types.Length; i++)
        {
            References.Write(writer, ComparerOf(value, i), types[i]);
        }
        TItem[] items = ItemsOf(value);
        Codec<TItem> codec = Codec<TItem>.Declared;
        writer.WriteVarint((uint)items.Length);
        if (PlacesByContent)
        {
            writer.OpenKeys();
        }
        for (int i = 0; i < items.Length; i++)
        {
            writer.At(i);
            codec.Write(writer, items[i]);
        }
        if (PlacesByContent)
        {
            writer.CloseKeys();
        }
    }

    public sealed override object Read(ref TransferReader reader, int objectIndex)
    {
        ReadOnlySpan<Type> types = ComparerTypes;
        object?[] comparers = types.IsEmpty ? [] : new object?[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            comparers[i] = References.ReadPart(ref reader, types[i]);
        }
        Codec<TItem> codec = Codec<TItem>.Declared;
        var items = new TItem[reader.ReadCount(codec.MinBytes)];
        int seenBefore = reader.SeenCount;
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = codec.Read(ref reader);
        }
        CheckItems(ref reader, items, comparers, reader.SeenCount == seenBefore);
        return Build(items, comparers);
    }
}
