namespace Brood.Transfer;

/// <summary>A mutable collection of keys with values. Layout: comparer, added fields, count, then each key and its value.</summary>
internal abstract class MapBody<TKey, TValue>(Type type, Type known) : FilledBody(type, known) where TKey : notnull
{
    protected abstract Type ComparerType { get; }

    protected abstract object? ComparerOf(object value);

    protected abstract KeyValuePair<TKey, TValue>[] PairsOf(object value);

    protected abstract object Make(object? comparer);

    protected abstract void Add(object map, TKey key, TValue value);

    /// <summary>The comparer that says into which bucket a key falls; null if there are no buckets.</summary>
    protected virtual IEqualityComparer<TKey>? HashComparerOf(object map) => null;

    /// <summary>Makes room, so that the number of buckets is known: all that there may be while so many items are added.</summary>
    protected virtual int[] Reserve(object map, int count) => [];

    /// <summary>Brings pairs into the order in which adding them costs least.</summary>
    protected virtual void Arrange(object map, List<KeyValuePair<TKey, TValue>> pairs) { }

    /// <summary>Whether <see cref="Arrange"/> must see all pairs.</summary>
    protected virtual bool NeedsArranging => false;

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
        bool areComplete = true;
        List<KeyValuePair<TKey, TValue>>? late = NeedsArranging || ForeignKeys.MayCollide(reader, count, HashComparerOf(map)) ? [] : null;
        for (int i = 0; i < count; i++)
        {
            int seenBefore = reader.SeenCount;
            TKey key = keys.Read(ref reader);
            areComplete &= reader.SeenCount == seenBefore;
            TValue value = values.Read(ref reader);
            // From the first unfinished key on all wait, so that the order of insertion is kept.
            if (late is null && areComplete)
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
            var fill = new Fill(this, map, late, areComplete);
            if (areComplete)
            {
                fill.Run(ref reader);
            }
            else
            {
                reader.Defer(fill);
            }
        }
        return map;
    }

    private void CheckKeys(ref TransferReader reader, object map, List<KeyValuePair<TKey, TValue>> pairs, bool areComplete)
    {
        if (!areComplete)
        {
            ForeignKeys.CheckParts(reader, pairs.Select(static pair => (object?)pair.Key));
        }
        if (HashComparerOf(map) is { } comparer && ForeignKeys.MayCollide(reader, pairs.Count, comparer))
        {
            ForeignKeys.CheckHashes(ref reader, [.. pairs.Select(static pair => pair.Key)], comparer, Reserve(map, pairs.Count));
        }
    }

    /// <summary>Shows the key if that says more than a number.</summary>
    public override string Describe(object? value, int position)
    {
        object? key = value is null ? null : PairsOf(value)[position].Key;
        return key is string or char ? $"[\"{key}\"]" : key is IConvertible ? $"[{key}]" : $"[#{position}]";
    }

    private sealed class Fill(
        MapBody<TKey, TValue> body, object map, List<KeyValuePair<TKey, TValue>> pairs, bool areComplete) : DeferredFill
    {
        public override void Run(ref TransferReader reader)
        {
            body.CheckKeys(ref reader, map, pairs, areComplete);
            body.Arrange(map, pairs);
            foreach (KeyValuePair<TKey, TValue> pair in pairs)
            {
                body.Add(map, pair.Key, pair.Value);
            }
        }
    }
}
