using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Transfer;

/// <summary>Tells whether bytes are a value of a type, where not all bytes are: a bool is 0 or 1, a DateTime has a last day.</summary>
/// <remarks>
/// Enums take any number, as in C#. In a struct whose fields overlap, an overlapped field takes what the others make of it,
/// as it does in the program.
/// </remarks>
internal sealed class BitPattern
{
    private readonly Type _type;
    private readonly int _sizeBytes;
    private Part[]? _parts; // Found at first use: a worker, which trusts its host, never asks.

    private BitPattern(Type type)
    {
        _type = type;
        _sizeBytes = SizeOf(type);
    }

    /// <summary>The pattern of a type that is copied as its bytes; null if all bytes are values of it, as is plain to see.</summary>
    public static BitPattern? Of(Type type) =>
        type.IsEnum || type.IsPrimitive && type != typeof(bool) ? null : new BitPattern(type);

    /// <param name="values">Values of the type, one after the other.</param>
    public void Check(ReadOnlySpan<byte> values)
    {
        foreach (Part part in _parts ??= [.. PartsOf(_type)])
        {
            if (!AreValues(part, values))
            {
                throw TransferReader.Damaged($"no {TypeNames.Display(part.Type)} is made of such bits");
            }
        }
    }

    private bool AreValues(Part part, ReadOnlySpan<byte> values)
    {
        if (part.Kind == PartKind.Bool && _sizeBytes == 1)
        {
            return !values.ContainsAnyExceptInRange((byte)0, (byte)1);
        }
        for (int at = part.OffsetBytes; at < values.Length; at += _sizeBytes)
        {
            if (!IsValue(part.Kind, values[at..]))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsValue(PartKind kind, ReadOnlySpan<byte> bytes) => kind switch
    {
        PartKind.Bool => bytes[0] <= 1,
        PartKind.DateTime => MemoryMarshal.Read<DateTime>(bytes).Ticks <= DateTime.MaxValue.Ticks,
        PartKind.DateOnly => (uint)MemoryMarshal.Read<DateOnly>(bytes).DayNumber <= (uint)DateOnly.MaxValue.DayNumber,
        PartKind.TimeOnly => (ulong)MemoryMarshal.Read<TimeOnly>(bytes).Ticks <= (ulong)TimeOnly.MaxValue.Ticks,
        PartKind.Rune => Rune.IsValid(MemoryMarshal.Read<Rune>(bytes).Value),
        PartKind.DateTimeOffset => IsDateTimeOffset(MemoryMarshal.Read<DateTimeOffset>(bytes)),
        _ => IsDecimal(MemoryMarshal.Read<decimal>(bytes)),
    };

    private static bool IsDateTimeOffset(DateTimeOffset value) =>
        value.UtcTicks <= DateTime.MaxValue.Ticks
        && value.TotalOffsetMinutes is >= -MaxOffsetMinutes and <= MaxOffsetMinutes
        && (ulong)(value.UtcTicks + value.TotalOffsetMinutes * TimeSpan.TicksPerMinute) <= (ulong)DateTime.MaxValue.Ticks;

    private const int MaxOffsetMinutes = 14 * 60;

    private static bool IsDecimal(decimal value)
    {
        Span<int> words = stackalloc int[4];
        decimal.GetBits(value, words);
        const int sign = int.MinValue, scale = 0xFF << ScaleShift;
        return (words[3] & ~(sign | scale)) == 0 && (words[3] & scale) >> ScaleShift <= MaxScale;
    }

    private const int ScaleShift = 16;
    private const int MaxScale = 28;

    private static List<Part> PartsOf(Type type)
    {
        List<Part> parts = [];
        if (KindOf(type) is { } kind)
        {
            parts.Add(new Part(kind, 0, type));
        }
        else if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            parts.Add(new Part(PartKind.Bool, 0, typeof(bool)));
            AddAt(parts, PartsOf(underlying), ValueOffset(underlying));
        }
        else if (!type.IsEnum && !type.IsPrimitive)
        {
            AddFields(parts, type);
        }
        return parts;
    }

    private static void AddFields(List<Part> parts, Type type)
    {
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        foreach (FieldInfo field in fields)
        {
            List<Part> ofField = PartsOf(field.FieldType);
            if (ofField.Count == 0 || IsOverlapped(field, fields))
            {
                continue;
            }
            int stepBytes = SizeOf(field.FieldType);
            int start = IsRepeated(type, field) ? 0 : OffsetOf(field);
            int end = IsRepeated(type, field) ? SizeOf(type) : start + stepBytes;
            for (int at = start; at < end; at += stepBytes)
            {
                AddAt(parts, ofField, at);
            }
        }
    }

    private static void AddAt(List<Part> parts, List<Part> added, int offsetBytes)
    {
        foreach (Part part in added)
        {
            parts.Add(part with { OffsetBytes = part.OffsetBytes + offsetBytes });
        }
    }

    // The field of a fixed buffer is named so by the compiler.
    private static bool IsRepeated(Type type, FieldInfo field) =>
        type.IsDefined(typeof(InlineArrayAttribute), inherit: false) || field.Name == "FixedElementField";

    private static bool IsOverlapped(FieldInfo field, FieldInfo[] fields)
    {
        if (!field.DeclaringType!.IsExplicitLayout)
        {
            return false;
        }
        int start = OffsetOf(field);
        int end = start + SizeOf(field.FieldType);
        return Array.Exists(fields, other => other != field
            && OffsetOf(other) is int otherStart && otherStart < end && start < otherStart + SizeOf(other.FieldType));
    }

    /// <summary>Where a field lies: the first byte of an empty struct that changes with it.</summary>
    private static int OffsetOf(FieldInfo field)
    {
        object owner = RuntimeHelpers.GetUninitializedObject(field.DeclaringType!);
        object mark = RuntimeHelpers.GetUninitializedObject(field.FieldType);
        BytesOf(mark).Fill(0xFF);
        field.SetValue(owner, mark);
        return BytesOf(owner).IndexOfAnyExcept((byte)0);
    }

    private static int ValueOffset(Type underlying) =>
        (int)typeof(BitPattern).GetMethod(nameof(ValueOffsetOf), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(underlying).Invoke(null, null)!;

    private static int ValueOffsetOf<T>() where T : struct
    {
        T? nullable = default;
        ref readonly T value = ref Nullable.GetValueRefOrDefaultRef(in nullable);
        return (int)Unsafe.ByteOffset(ref Unsafe.As<T?, byte>(ref nullable), ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in value)));
    }

    /// <summary>The bytes of a boxed struct without references.</summary>
    private static Span<byte> BytesOf(object box) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<StrongBox<byte>>(box).Value, SizeOf(box.GetType()));

    private static int SizeOf(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);

    private static PartKind? KindOf(Type type) =>
        type == typeof(bool) ? PartKind.Bool
        : type == typeof(decimal) ? PartKind.Decimal
        : type == typeof(DateTime) ? PartKind.DateTime
        : type == typeof(DateTimeOffset) ? PartKind.DateTimeOffset
        : type == typeof(DateOnly) ? PartKind.DateOnly
        : type == typeof(TimeOnly) ? PartKind.TimeOnly
        : type == typeof(Rune) ? PartKind.Rune
        : null;

    private enum PartKind : byte { Bool, Decimal, DateTime, DateTimeOffset, DateOnly, TimeOnly, Rune }

    /// <summary>A part of a value that not all bytes can be.</summary>
    private sealed record Part(PartKind Kind, int OffsetBytes, Type Type);
}
