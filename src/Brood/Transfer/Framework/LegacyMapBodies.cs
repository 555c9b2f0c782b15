using System.Collections;
using System.Collections.Specialized;
using System.Reflection;

namespace Brood.Transfer;

/// <summary>A map of the time before generics. Made late, as its keys may be anything and must be complete.</summary>
/// <remarks>Layout: comparer, a flag, count, then each key and its value.</remarks>
/// <param name="comparerField">Null if the map has no comparer of its own.</param>
internal abstract class LegacyMapBody(Type type, string? comparerField) : BodyCodec(type)
{
    private readonly FieldInfo? _comparer = comparerField is null ? null : FieldOf(type, comparerField);

    public sealed override bool IsMadeLate => true;

    public sealed override void Write(TransferWriter writer, object value)
    {
        var map = (IDictionary)value;
        writer.At(TransferWriter.BeforeMade);
        References.Write(writer, _comparer?.GetValue(map), typeof(object));
        writer.WriteByte(FlagOf(map) ? (byte)1 : (byte)0);
        // CopyTo does not keep to the order of an ordered dictionary.
        DictionaryEntry[] entries = [.. map.Cast<DictionaryEntry>()];
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

    public sealed override object Read(ref TransferReader reader, int objectIndex)
    {
        object? comparer = References.ReadPart(ref reader, typeof(object));
        bool flag = reader.ReadByte() != 0;
        var keys = new object[reader.ReadCount(2)];
        var values = new object?[keys.Length];
        int seenBefore = reader.SeenCount;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = References.Read(ref reader, typeof(object)) ?? throw TransferReader.Damaged("a key is null");
            values[i] = References.Read(ref reader, typeof(object));
        }
        Check(ref reader, keys, comparer, reader.SeenCount == seenBefore);
        return Build(keys, values, comparer, flag);
    }

    protected virtual bool FlagOf(IDictionary map) => false;

    protected virtual void Check(ref TransferReader reader, object[] keys, object? comparer, bool areComplete) =>
        ForeignKeys.CheckHashed(ref reader, keys, new Hasher(comparer as IEqualityComparer), areComplete);

    protected abstract object Build(object[] keys, object?[] values, object? comparer, bool flag);

    protected static T Filled<T>(T map, object[] keys, object?[] values) where T : IDictionary
    {
        for (int i = 0; i < keys.Length; i++)
        {
            map.Add(keys[i], values[i]);
        }
        return map;
    }

    protected static FieldInfo FieldOf(Type type, string name) =>
        type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(type.FullName, name);
}

internal sealed class LegacySortedListBody() : LegacyMapBody(typeof(SortedList), "comparer")
{
    protected override void Check(ref TransferReader reader, object[] keys, object? comparer, bool areComplete) =>
        ForeignKeys.CheckSorted(ref reader, keys, areComplete);

    protected override object Build(object[] keys, object?[] values, object? comparer, bool flag)
    {
        // Each item that comes out of order would move all that are greater.
        Array.Sort(keys, values, (IComparer?)comparer);
        return Filled(new SortedList((IComparer?)comparer), keys, values);
    }
}

internal sealed class LegacyOrderedDictionaryBody() : LegacyMapBody(typeof(OrderedDictionary), "_comparer")
{
    protected override bool FlagOf(IDictionary map) => map.IsReadOnly;

    protected override object Build(object[] keys, object?[] values, object? comparer, bool flag)
    {
        OrderedDictionary map = Filled(new OrderedDictionary((IEqualityComparer?)comparer), keys, values);
        return flag ? map.AsReadOnly() : map;
    }
}

/// <summary>Looks through all entries for each, so that an untrusted writer must not send many.</summary>
internal sealed class ListDictionaryBody() : LegacyMapBody(typeof(ListDictionary), "comparer")
{
    protected override void Check(ref TransferReader reader, object[] keys, object? comparer, bool areComplete)
    {
        ForeignKeys.CheckSorted(ref reader, keys, areComplete);
        if (!reader.Policy.TrustAll)
        {
            reader.ChargeComparisons((long)keys.Length * keys.Length / 2);
        }
    }

    protected override object Build(object[] keys, object?[] values, object? comparer, bool flag) =>
        Filled(new ListDictionary((IComparer?)comparer), keys, values);
}

internal sealed class HybridDictionaryBody() : LegacyMapBody(typeof(HybridDictionary), null)
{
    private static readonly FieldInfo s_ignoresCase = FieldOf(typeof(HybridDictionary), "caseInsensitive");

    protected override bool FlagOf(IDictionary map) => (bool)s_ignoresCase.GetValue(map)!;

    protected override object Build(object[] keys, object?[] values, object? comparer, bool flag) =>
        Filled(new HybridDictionary(flag), keys, values);
}
