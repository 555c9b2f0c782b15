using System.Buffers;
using System.Collections.Immutable;
using System.Drawing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Brood.Transfer;

/// <summary>Codecs of framework structs that are neither plain bytes nor the sum of their fields.</summary>
internal static class FrameworkValues
{
    public static Codec? Find(Type type)
    {
        if (!OwnTypes.IsFramework(type.Assembly) || FrameworkTypes.KindOf(type) != FrameworkKind.Special)
        {
            return null;
        }
        string name = (type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type).FullName!;
        return name switch
        {
            "System.Memory`1" => CodecFactory.New(typeof(MemoryCodec<>), type.GetGenericArguments()),
            "System.ReadOnlyMemory`1" => CodecFactory.New(typeof(ReadOnlyMemoryCodec<>), type.GetGenericArguments()),
            "System.ArraySegment`1" => CodecFactory.New(typeof(ArraySegmentCodec<>), type.GetGenericArguments()),
            "System.Buffers.ReadOnlySequence`1" => CodecFactory.New(typeof(ReadOnlySequenceCodec<>), type.GetGenericArguments()),
            "System.Collections.Immutable.ImmutableArray`1" =>
                CodecFactory.New(typeof(ImmutableArrayCodec<>), type.GetGenericArguments()),
            "System.Numerics.BigInteger" => new BigIntegerCodec(),
            "System.Drawing.Color" => new ColorCodec(),
            "System.Text.Json.JsonElement" => new JsonElementCodec(),
            _ => null,
        };
    }
}

internal sealed class BigIntegerCodec : Codec<BigInteger>
{
    public override void Write(TransferWriter writer, BigInteger value)
    {
        byte[] bytes = value.ToByteArray();
        RawElements.Write(writer, bytes, 0, bytes.Length);
    }

    public override BigInteger Read(ref TransferReader reader)
    {
        byte[] bytes = RawElements.Read<byte>(ref reader);
        try
        {
            return new BigInteger(bytes);
        }
        catch (OverflowException e)
        {
            throw TransferReader.Damaged("a number is too large", e);
        }
    }
}

/// <summary>By what it was made of: two colors that look alike are not equal.</summary>
internal sealed class ColorCodec : Codec<Color>
{
    private const byte Empty = 0, Known = 1, Named = 2, Argb = 3;

    public override void Write(TransferWriter writer, Color value)
    {
        if (value.IsEmpty)
        {
            writer.WriteByte(Empty);
        }
        else if (value.IsKnownColor)
        {
            writer.WriteByte(Known);
            writer.WriteUnmanaged((int)value.ToKnownColor());
        }
        else if (value.IsNamedColor)
        {
            writer.WriteByte(Named);
            Codec<string?>.Declared.Write(writer, value.Name);
        }
        else
        {
            writer.WriteByte(Argb);
            writer.WriteUnmanaged(value.ToArgb());
        }
    }

    public override Color Read(ref TransferReader reader) => reader.ReadByte() switch
    {
        Empty => Color.Empty,
        Known => ReadKnown(ref reader),
        Named => Color.FromName(Codec<string?>.Declared.Read(ref reader) ?? throw TransferReader.Damaged("a color has no name")),
        Argb => Color.FromArgb(reader.ReadUnmanaged<int>()),
        _ => throw TransferReader.Damaged("a color has an unknown form"),
    };

    // FromKnownColor makes a black that has no name of what it does not know.
    private static Color ReadKnown(ref TransferReader reader) =>
        Color.FromKnownColor((KnownColor)reader.ReadUnmanaged<int>()) is { IsKnownColor: true } color ? color
            : throw TransferReader.Damaged("a color is not known");
}

/// <summary>Part of an array: only that part travels, and arrives as an array of its own.</summary>
internal static class Slices
{
    public static void Write<T>(TransferWriter writer, T[] array, int start, int count)
    {
        Codec<T> codec = Codec<T>.Declared;
        if (codec is IRunCodec<T> runs)
        {
            runs.WriteRun(writer, array, start, count);
            return;
        }
        writer.WriteVarint((uint)count);
        for (int i = 0; i < count; i++)
        {
            codec.Write(writer, array[start + i]);
        }
    }

    public static T[] Read<T>(ref TransferReader reader)
    {
        Codec<T> codec = Codec<T>.Declared;
        if (codec is IRunCodec<T> runs)
        {
            return runs.ReadRun(ref reader);
        }
        var array = new T[reader.ReadCount(codec.MinBytes)];
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = codec.Read(ref reader);
        }
        return array;
    }
}

internal sealed class MemoryCodec<T> : Codec<Memory<T>>
{
    public override void Write(TransferWriter writer, Memory<T> value) => Codec<ReadOnlyMemory<T>>.Declared.Write(writer, value);

    public override Memory<T> Read(ref TransferReader reader) => Slices.Read<T>(ref reader);
}

internal sealed class ReadOnlyMemoryCodec<T> : Codec<ReadOnlyMemory<T>>
{
    public override void Write(TransferWriter writer, ReadOnlyMemory<T> value)
    {
        if (MemoryMarshal.TryGetArray(value, out ArraySegment<T> segment))
        {
            Slices.Write(writer, segment.Array ?? [], segment.Offset, segment.Count);
        }
        else
        {
            Slices.Write(writer, value.ToArray(), 0, value.Length);
        }
    }

    public override ReadOnlyMemory<T> Read(ref TransferReader reader) => Slices.Read<T>(ref reader);
}

internal sealed class ArraySegmentCodec<T> : Codec<ArraySegment<T>>
{
    public override void Write(TransferWriter writer, ArraySegment<T> value)
    {
        writer.WriteByte(value.Array is null ? (byte)0 : (byte)1);
        if (value.Array is not null)
        {
            Slices.Write(writer, value.Array, value.Offset, value.Count);
        }
    }

    public override ArraySegment<T> Read(ref TransferReader reader) =>
        reader.ReadByte() == 0 ? default : new ArraySegment<T>(Slices.Read<T>(ref reader));
}

/// <summary>Segment by segment, the empty ones too.</summary>
internal sealed class ReadOnlySequenceCodec<T> : Codec<ReadOnlySequence<T>>
{
    public override void Write(TransferWriter writer, ReadOnlySequence<T> value)
    {
        int count = 0;
        foreach (ReadOnlyMemory<T> _ in value)
        {
            count++;
        }
        writer.WriteVarint((uint)count);
        foreach (ReadOnlyMemory<T> segment in value)
        {
            Codec<ReadOnlyMemory<T>>.Declared.Write(writer, segment);
        }
    }

    public override ReadOnlySequence<T> Read(ref TransferReader reader)
    {
        int count = reader.ReadCount();
        if (count == 0)
        {
            return default;
        }
        var first = new Segment(Slices.Read<T>(ref reader), null);
        Segment last = first;
        for (int i = 1; i < count; i++)
        {
            last = new Segment(Slices.Read<T>(ref reader), last);
        }
        return count == 1 ? new ReadOnlySequence<T>(first.Memory) : new ReadOnlySequence<T>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<T>
    {
        public Segment(T[] items, Segment? before)
        {
            Memory = items;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}

internal sealed class ImmutableArrayCodec<T> : Codec<ImmutableArray<T>>
{
    public override void Write(TransferWriter writer, ImmutableArray<T> value)
    {
        writer.WriteByte(value.IsDefault ? (byte)0 : (byte)1);
        if (!value.IsDefault)
        {
            Slices.Write(writer, ImmutableCollectionsMarshal.AsArray(value)!, 0, value.Length);
        }
    }

    public override ImmutableArray<T> Read(ref TransferReader reader) =>
        reader.ReadByte() == 0 ? default : ImmutableCollectionsMarshal.AsImmutableArray(Slices.Read<T>(ref reader));
}
