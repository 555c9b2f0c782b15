using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Transfer;

/// <summary>Arrays of every kind.</summary>
internal static class ArrayBodies
{
    public static BodyCodec Make(Type type)
    {
        Type element = type.GetElementType()!;
        if (element.IsPointer || element.IsFunctionPointer)
        {
            return new RefusedBody(type, new Refusal("which holds addresses of this process", "Pass the data behind them."));
        }
        if (!type.IsSZArray)
        {
            return new ShapedArrayBody(type);
        }
        bool isRaw = element.IsValueType && RawTypes.IsRaw(element, out _);
        return (BodyCodec)Activator.CreateInstance((isRaw ? typeof(RawArrayBody<>) : typeof(ArrayBody<>)).MakeGenericType(element))!;
    }
}

/// <summary>Elements that are plain data: their bytes, aside if they are many.</summary>
internal sealed class RawArrayBody<T>() : BodyCodec(typeof(T[]))
{
    private readonly BitPattern? _pattern = BitPattern.Of(typeof(T));

    public override void Write(TransferWriter writer, object value)
    {
        var array = (T[])value;
        RawElements.Write(writer, array, 0, array.Length);
    }

    public override object Read(ref TransferReader reader, int objectIndex) => RawElements.Read<T>(ref reader, _pattern);
}

internal sealed class ArrayBody<T>() : BodyCodec(typeof(T[]))
{
    public override void Write(TransferWriter writer, object value)
    {
        var array = (T[])value;
        Codec<T> codec = Codec<T>.Declared;
        writer.WriteVarint((uint)array.Length);
        for (int i = 0; i < array.Length; i++)
        {
            writer.At(i);
            codec.Write(writer, array[i]);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        Codec<T> codec = Codec<T>.Declared;
        var array = new T[reader.ReadCount(codec.MinBytes)];
        reader.Made(objectIndex, array);
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = codec.Read(ref reader);
        }
        return array;
    }
}

/// <summary>An array with several dimensions or with lower bounds: its shape, then its elements, the last index fastest.</summary>
internal sealed class ShapedArrayBody(Type type) : BodyCodec(type)
{
    private readonly Codec _codec = Codec.For(type.GetElementType()!);
    private readonly int _rank = type.GetArrayRank();

    public override void Write(TransferWriter writer, object value)
    {
        var array = (Array)value;
        for (int dimension = 0; dimension < _rank; dimension++)
        {
            writer.WriteVarint((uint)array.GetLength(dimension));
            writer.WriteUnmanaged(array.GetLowerBound(dimension));
        }
        int position = 0;
        foreach (object? item in array)
        {
            writer.At(position++);
            _codec.WriteBoxed(writer, item);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        var lengths = new int[_rank];
        var bounds = new int[_rank];
        ulong total = 1;
        ulong space = 1; // as total, but a length of zero does not hide the others
        for (int dimension = 0; dimension < _rank; dimension++)
        {
            ulong length = reader.ReadVarint();
            space = length <= int.MaxValue ? space * Math.Max(1, length) : ulong.MaxValue;
            total *= length;
            if (space > int.MaxValue)
            {
                throw TransferReader.Damaged("an array is too large");
            }
            lengths[dimension] = (int)length;
            bounds[dimension] = reader.ReadUnmanaged<int>();
        }
        reader.Claim(total, _codec.MinBytes);
        Array array = Array.CreateInstance(Type.GetElementType()!, lengths, bounds);
        reader.Made(objectIndex, array);
        var index = (int[])bounds.Clone();
        for (ulong i = 0; i < total; i++)
        {
            array.SetValue(_codec.ReadBoxed(ref reader), index);
            for (int dimension = _rank - 1; dimension >= 0 && ++index[dimension] - bounds[dimension] == lengths[dimension]; dimension--)
            {
                index[dimension] = bounds[dimension];
            }
        }
        return array;
    }

    public override string Describe(object? value, int position)
    {
        if (value is not Array array || array.Length == 0)
        {
            return "[]";
        }
        var index = new int[_rank];
        for (int dimension = _rank - 1; dimension >= 0; dimension--)
        {
            int length = array.GetLength(dimension);
            index[dimension] = array.GetLowerBound(dimension) + position % length;
            position /= length;
        }
        return $"[{string.Join(", ", index)}]";
    }
}

/// <summary>A run of plain data. Layout: count &lt;&lt; 1 | in a block of its own, then the bytes if not.</summary>
internal static class RawElements
{
    private const int ChunkElements = 1 << 20;

    public static void Write<T>(TransferWriter writer, T[] array, int start, int count)
    {
        if ((long)count * Unsafe.SizeOf<T>() < TransferLimits.BlockThresholdBytes)
        {
            Write<T>(writer, array.AsSpan(start, count));
            return;
        }
        writer.WriteVarint((ulong)count << 1 | 1);
        writer.WriteBlock(Block.Of(array, start, count));
    }

    /// <summary>Elements that are in no array: copied once more if they are many.</summary>
    public static void Write<T>(TransferWriter writer, ReadOnlySpan<T> elements)
    {
        if ((long)elements.Length * Unsafe.SizeOf<T>() >= TransferLimits.BlockThresholdBytes)
        {
            Write(writer, elements.ToArray(), 0, elements.Length);
            return;
        }
        writer.WriteVarint((ulong)elements.Length << 1);
        writer.WriteBytes(RawBytes.Of(elements));
    }

    /// <param name="pattern">What a reader that does not trust the writer holds the elements to.</param>
    public static T[] Read<T>(ref TransferReader reader, BitPattern? pattern = null)
    {
        int count = ReadHeader<T>(ref reader, out BlockView? block);
        if (count == 0)
        {
            return [];
        }
        T[] array = GC.AllocateUninitializedArray<T>(count);
        Fill<T>(ref reader, block, array, pattern);
        return array;
    }

    /// <summary>Reads and checks how many elements follow.</summary>
    public static int ReadHeader<T>(ref TransferReader reader, out BlockView? block)
    {
        ulong header = reader.ReadVarint();
        ulong count = header >> 1;
        int size = Unsafe.SizeOf<T>();
        block = null;
        if ((header & 1) != 0)
        {
            if (count > (ulong)Array.MaxLength)
            {
                throw TransferReader.Damaged("an array is too long");
            }
            block = reader.ReadBlock((long)count * size);
        }
        else if (count > (ulong)(reader.Remaining / size))
        {
            throw TransferReader.Damaged("an array has more elements than they hold");
        }
        return (int)count;
    }

    public static void Fill<T>(ref TransferReader reader, BlockView? block, Span<T> target, BitPattern? pattern)
    {
        if (reader.Policy.TrustAll)
        {
            pattern = null;
        }
        if (block is null)
        {
            Span<byte> bytes = RawBytes.Of(target);
            reader.ReadBytes(bytes.Length).CopyTo(bytes);
            pattern?.Check(bytes);
            return;
        }
        // A span of bytes reaches two gigabytes only.
        for (int start = 0; start < target.Length; start += ChunkElements)
        {
            Span<byte> chunk = RawBytes.Of(target.Slice(start, Math.Min(ChunkElements, target.Length - start)));
            block.CopyTo((long)start * Unsafe.SizeOf<T>(), chunk);
            pattern?.Check(chunk);
        }
    }
}
