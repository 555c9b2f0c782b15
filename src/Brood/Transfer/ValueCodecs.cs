using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Transfer;

/// <summary>A value without references, as its bytes lie in memory. Padding between fields travels along.</summary>
internal sealed class RawCodec<T> : Codec<T>, IRunCodec<T>
{
    private readonly BitPattern? _pattern = BitPattern.Of(typeof(T));

    public override int MinBytes => Unsafe.SizeOf<T>();

    public override bool IsRaw => true;

    public override void Write(TransferWriter writer, T value) => writer.WriteUnmanaged(value);

    public override void WriteEach(TransferWriter writer, ReadOnlySpan<T> values) => writer.WriteBytes(RawBytes.Of(values));

    public override T Read(ref TransferReader reader)
    {
        if (_pattern is not null && !reader.Policy.TrustAll)
        {
            _pattern.Check(reader.Peek(Unsafe.SizeOf<T>()));
        }
        return reader.ReadUnmanaged<T>();
    }

    public override bool TryReadEach(ref TransferReader reader, Span<T> values)
    {
        Span<byte> bytes = RawBytes.Of(values);
        if (_pattern is not null || reader.Remaining < bytes.Length)
        {
            return false;
        }
        reader.ReadBytes(bytes.Length).CopyTo(bytes);
        return true;
    }

    public void WriteRun(TransferWriter writer, ReadOnlySpan<T> items) => RawElements.Write(writer, items);

    public void WriteRun(TransferWriter writer, T[] array, int start, int count) => RawElements.Write(writer, array, start, count);

    public T[] ReadRun(ref TransferReader reader) => RawElements.Read<T>(ref reader, _pattern);

    public void ReadRun(ref TransferReader reader, List<T> target)
    {
        int count = RawElements.ReadHeader<T>(ref reader, out BlockView? block);
        CollectionsMarshal.SetCount(target, count);
        RawElements.Fill(ref reader, block, CollectionsMarshal.AsSpan(target), _pattern);
    }
}

/// <summary>A codec that moves many values at once, at the speed of memory.</summary>
internal interface IRunCodec<T>
{
    void WriteRun(TransferWriter writer, ReadOnlySpan<T> items);

    /// <summary>Leaves large runs where they are until the channel copies them.</summary>
    void WriteRun(TransferWriter writer, T[] array, int start, int count);

    T[] ReadRun(ref TransferReader reader);

    void ReadRun(ref TransferReader reader, List<T> target);
}

internal sealed class NullableCodec<T> : Codec<T?> where T : struct
{
    public override Refusal? Refusal => Codec<T>.Declared.Refusal;

    public override void Write(TransferWriter writer, T? value)
    {
        writer.WriteByte(value.HasValue ? (byte)1 : (byte)0);
        if (value.HasValue)
        {
            Codec<T>.Declared.Write(writer, value.GetValueOrDefault());
        }
    }

    public override T? Read(ref TransferReader reader) =>
        reader.ReadByte() == 0 ? null : Codec<T>.Declared.Read(ref reader);
}

/// <summary>A struct that holds references: field by field.</summary>
internal sealed class StructCodec<T> : Codec<T>, IPathPart where T : struct
{
    private readonly FieldLayout _fields = FieldLayout.Of(typeof(T));

    public override int MinBytes => _fields.MinBytes;

    public override void Write(TransferWriter writer, T value)
    {
        object box = value;
        writer.Enter(this, box);
        _fields.Write(writer, box);
        writer.Leave();
    }

    public override T Read(ref TransferReader reader)
    {
        if (!reader.IsOutermost)
        {
            return ReadFields(ref reader);
        }
        try
        {
            T value = ReadFields(ref reader);
            reader.FillDeferred();
            return value;
        }
        catch (Exception e) when (e is not TransferException)
        {
            throw References.CannotBuild(typeof(T), e);
        }
    }

    private T ReadFields(ref TransferReader reader)
    {
        object box = default(T);
        reader.Enter();
        _fields.Read(ref reader, box);
        reader.Leave();
        return (T)box;
    }

    public string Describe(object? value, int position) => _fields.Describe(position);
}

/// <summary>An inline array whose elements hold references. Reflection knows the first of them only.</summary>
internal sealed class InlineArrayCodec<TArray, TElement> : Codec<TArray>, IPathPart where TArray : struct
{
    private static readonly int s_length = Unsafe.SizeOf<TArray>() / Unsafe.SizeOf<TElement>();

    public override int MinBytes => s_length * Codec<TElement>.Declared.MinBytes;

    public override void Write(TransferWriter writer, TArray value)
    {
        Codec<TElement> codec = Codec<TElement>.Declared;
        writer.Enter(this, null);
        for (int i = 0; i < s_length; i++)
        {
            writer.At(i);
            codec.Write(writer, Elements(ref value)[i]);
        }
        writer.Leave();
    }

    public override TArray Read(ref TransferReader reader)
    {
        Codec<TElement> codec = Codec<TElement>.Declared;
        TArray value = default;
        for (int i = 0; i < s_length; i++)
        {
            Elements(ref value)[i] = codec.Read(ref reader);
        }
        return value;
    }

    public string Describe(object? value, int position) => $"[{position}]";

    private static Span<TElement> Elements(ref TArray array) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<TArray, TElement>(ref array), s_length);
}

/// <summary>A struct that cannot cross.</summary>
internal sealed class RefusedCodec<T>(Refusal refusal) : Codec<T>
{
    public override Refusal? Refusal => refusal;

    public override void Write(TransferWriter writer, T value) => throw writer.Refused(typeof(T), refusal);

    public override T Read(ref TransferReader reader) => throw TransferReader.Damaged($"a {typeof(T)} cannot cross");
}
