using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Brood.Transfer;

/// <summary>Comparers: the framework's by what they are, the application's as any other object.</summary>
internal static class Comparers
{
    public static readonly Refusal MadeOfCode = new(
        "a comparer that is made of a delegate or hidden in the framework",
        "Write a class that implements the comparer; its fields travel with it.");

    /// <summary>Null if it is the default, which every collection makes for itself.</summary>
    public static object? Tell<T>(IEqualityComparer<T>? comparer) =>
        ReferenceEquals(comparer, EqualityComparer<T>.Default) ? null : comparer;

    public static object? Tell<T>(IComparer<T>? comparer) =>
        ReferenceEquals(comparer, Comparer<T>.Default) ? null : comparer;
}

internal sealed class DefaultComparerBody<T>(Type known) : BodyCodec(known)
{
    public override bool IsTracked => false;

    public override bool IsHarmless => true;

    public override void Write(TransferWriter writer, object value)
    {
        if (!ReferenceEquals(value, Comparer<T>.Default))
        {
            throw writer.Refused(value.GetType(), Comparers.MadeOfCode);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex) => Comparer<T>.Default;

    public override string Describe(object? value, int position) => "";
}

internal sealed class DefaultEqualityComparerBody<T>(Type known) : BodyCodec(known)
{
    public override bool IsTracked => false;

    public override bool IsHarmless => true;

    public override void Write(TransferWriter writer, object value)
    {
        if (!ReferenceEquals(value, EqualityComparer<T>.Default))
        {
            throw writer.Refused(value.GetType(), Comparers.MadeOfCode);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex) => EqualityComparer<T>.Default;

    public override string Describe(object? value, int position) => "";
}

/// <summary>Ordinal ones by name, others by their culture and options.</summary>
internal sealed class StringComparerBody() : BodyCodec(typeof(StringComparer))
{
    private const byte Ordinal = 0, OrdinalIgnoreCase = 1, OfCulture = 2;

    public override bool IsTracked => false;

    public override bool IsHarmless => true;

    public override void Write(TransferWriter writer, object value)
    {
        var comparer = (IEqualityComparer<string?>)value;
        if (StringComparer.IsWellKnownOrdinalComparer(comparer, out bool ignoreCase))
        {
            writer.WriteByte(ignoreCase ? OrdinalIgnoreCase : Ordinal);
        }
        else if (StringComparer.IsWellKnownCultureAwareComparer(comparer, out CompareInfo? info, out CompareOptions options))
        {
            writer.WriteByte(OfCulture);
            writer.WriteText(info.Name);
            writer.WriteUnmanaged((int)options);
        }
        else
        {
            throw writer.Refused(value.GetType(), Comparers.MadeOfCode);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        switch (reader.ReadByte())
        {
            case Ordinal:
                return StringComparer.Ordinal;
            case OrdinalIgnoreCase:
                return StringComparer.OrdinalIgnoreCase;
            case OfCulture:
                CultureInfo culture = CultureBody.Find(reader.ReadText());
                return StringComparer.Create(culture, (CompareOptions)reader.ReadUnmanaged<int>());
            default:
                throw TransferReader.Damaged("a comparer has an unknown form");
        }
    }

    public override string Describe(object? value, int position) => "";
}

/// <summary>Compares texts by a culture. Each sorted list of the time before generics makes its own.</summary>
internal sealed class LegacyComparerBody() : BodyCodec(typeof(Comparer))
{
    private static readonly FieldInfo s_info = typeof(Comparer).GetField("_compareInfo", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(nameof(Comparer), "_compareInfo");

    public override bool IsTracked => false;

    public override bool IsHarmless => true;

    public override void Write(TransferWriter writer, object value) => writer.WriteText(((CompareInfo)s_info.GetValue(value)!).Name);

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        CultureInfo culture = CultureBody.Find(reader.ReadText());
        return culture.Equals(CultureInfo.InvariantCulture) ? Comparer.DefaultInvariant : new Comparer(culture);
    }

    public override string Describe(object? value, int position) => "";
}

/// <summary>An object of which there is one in each process.</summary>
internal sealed class SingletonBody(Type known, object instance) : BodyCodec(known)
{
    public override bool IsTracked => false;

    public override bool IsHarmless => true;

    public override void Write(TransferWriter writer, object value)
    {
        if (!ReferenceEquals(value, instance))
        {
            throw writer.Refused(value.GetType(), RefusedFamilies.UnknownFrameworkType);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex) => instance;
}
