namespace Brood.Transfer;

/// <summary>A mutable collection of keys with values. Layout: comparer, added fields, count, then each key and its value.</summary>
internal abstract class MapBody<TKey, TValue>(Type type, Type known) : FilledBody(type, known) where TKey : notnull
{
    protected abstract Type ComparerType { get; }

    protected abstract object? ComparerOf(object value);

    protected abstract KeyValuePair<TKey, TValue>[] PairsOf(object value);

    protected abstract object Make(object? comparer);

    protected abstract void Add(object map, TKey key, TValue value);

    public sealed override void Write(TransferWriter writer, object value)
    {
        writer.At(TransferWriter.BeforeMade);
        References.Write(writer, ComparerOf(value), ComparerType);
        WriteAdded(writer, value);
        KeyValuePair<TKey, TValue>[] pairs = PairsOf(value);
        Codec<TKey> keys = Codec<TKey>.Declared;
        Codec<TValue> values = Codec<TValue>.Declared;
        writer.WriteVarint((uint)pairs.Length);
        for (int i = 0; i < pairs.Length; i++)
        {
            writer.At(i);
            keys.Write(writer, pairs[i].Key);
            values.Write(writer, pairs[i].Value);
        }
    }

    public sealed override object Read(ref TransferReader reader, int objectIndex)
    {
        object? comparer = References.ReadPart(ref reader, ComparerType);
        Codec<TKey> keys = Codec<TKey>.Declared;
        Codec<TValue> values = Codec<TValue>.Declared;
        object map = Make(comparer);
        reader.Made(objectIndex, map);
        ReadAdded(ref reader, map);
        int count = reader.ReadCount(keys.MinBytes + values.MinBytes);
        List<KeyValuePair<TKey, TValue>>? late = null;
        for (int i = 0; i < count; i++)
        {
            int seenBefore = reader.SeenCount;
            TKey key = keys.Read(ref reader);
            bool isComplete = reader.SeenCount == seenBefore;
            TValue value = values.Read(ref reader);
            // From the first unfinished key on all wait, so that the order of insertion is kept.
            if (late is null && isComplete)
            {
                Add(map, key, value);
            }
            else
            {
                (late ??= []).Add(new(key, value));
            }
        }
        if (late is not null)
        {
            reader.Defer(new Fill(this, map, late));
        }
        return map;
    }

    /// <summary>Shows the key if that says more than a number.</summary>
    public override string Describe(object? value, int position)
    {
        object? key = value is null ? null : PairsOf(value)[position].Key;
        return key is string or char ? $"[\"{key}\"]" : key is IConvertible ? $"[{key}]" : $"[#{position}]";
    }

    private sealed class Fill(MapBody<TKey, TValue> body, object map, List<KeyValuePair<TKey, TValue>> pairs) : DeferredFill
    {
        public override void Run()
        {
            foreach (KeyValuePair<TKey, TValue> pair in pairs)
            {
                body.Add(map, pair.Key, pair.Value);
            }
        }
    }
}
