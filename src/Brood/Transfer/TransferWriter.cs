using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Transfer;

/// <summary>Collects one payload: small values in a buffer, large blocks aside, to be copied once.</summary>
/// <remarks>Not thread-safe. Rented per thread; <see cref="Return"/> gives it back empty.</remarks>
internal sealed partial class TransferWriter
{
    /// <summary>A writer that has grown beyond this is not kept: one giant value must not stay in memory.</summary>
    private const int KeptBytes = 1 << 20;

    private const int InitialBytes = 256;

    [ThreadStatic] private static TransferWriter? t_spare;

    private byte[] _buffer = new byte[InitialBytes];
    private int _count;
    private Block[] _blocks = [];
    private int _blockCount;

    /// <summary>The host's side of live arguments for this call; null where none may cross.</summary>
    public LiveSender? Live { get; set; }

    public static TransferWriter Rent()
    {
        TransferWriter writer = t_spare ?? new TransferWriter();
        t_spare = null;
        return writer;
    }

    public void Return()
    {
        Clear();
        if (_buffer.Length <= KeptBytes)
        {
            t_spare = this;
        }
    }

    /// <summary>Empties the writer for the next payload. What a giant one made it grow to is given up after a small one: giant
    /// ones that follow each other do not grow it anew.</summary>
    public void Clear()
    {
        if (_buffer.Length > KeptBytes && _count < _buffer.Length / 8)
        {
            _buffer = new byte[InitialBytes];
        }
        _count = 0;
        if (_blockCount > 0)
        {
            _blocks = [];
            _blockCount = 0;
        }
        Live = null;
        ClearGraph();
    }

    /// <summary>What was written inline so far.</summary>
    public ReadOnlySpan<byte> Inline => _buffer.AsSpan(0, _count);

    /// <summary>The large blocks, in the order in which they were written. They alias the caller's arrays.</summary>
    public ReadOnlySpan<Block> Blocks => _blockCount == 0 ? default : _blocks.AsSpan(0, _blockCount);

    public int Count => _count;

    /// <summary>Writes over four bytes that were written before, when what they count is known.</summary>
    public void PatchInt32(int position, int value) => MemoryMarshal.Write(_buffer.AsSpan(position, sizeof(int)), in value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteByte(byte value)
    {
        if (_count == _buffer.Length)
        {
            Grow(1);
        }
        _buffer[_count++] = value;
    }

    /// <summary>Writes the bytes of a value as they lie in memory. Both sides are the same build on the same machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUnmanaged<T>(T value)
    {
        RawBytes.AssertPlain<T>();
        int size = Unsafe.SizeOf<T>();
        if (_buffer.Length - _count < size)
        {
            Grow(size);
        }
        Unsafe.WriteUnaligned(ref _buffer[_count], value);
        _count += size;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _count < bytes.Length)
        {
            Grow(bytes.Length);
        }
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <summary>Room for bytes that the caller fills in.</summary>
    public Span<byte> Take(int byteCount)
    {
        if (_buffer.Length - _count < byteCount)
        {
            Grow(byteCount);
        }
        Span<byte> room = _buffer.AsSpan(_count, byteCount);
        _count += byteCount;
        return room;
    }

    /// <summary>Seven bits a byte, low bits first.</summary>
    public void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }
        WriteByte((byte)value);
    }

    /// <summary>A name or a message in UTF-8. Not for the user's strings: unpaired surrogates are lost.</summary>
    public void WriteText(string? value)
    {
        if (value is null)
        {
            WriteVarint(0);
            return;
        }
        int byteCount = Encoding.UTF8.GetByteCount(value);
        WriteVarint((ulong)byteCount + 1);
        if (_buffer.Length - _count < byteCount)
        {
            Grow(byteCount);
        }
        _count += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_count));
    }

    /// <summary>Puts a large block aside; the reader takes blocks in the same order.</summary>
    public void WriteBlock(Block block)
    {
        if (_blockCount == _blocks.Length)
        {
            Array.Resize(ref _blocks, Math.Max(4, _blockCount * 2));
        }
        _blocks[_blockCount++] = block;
    }

    private void Grow(int byteCount)
    {
        long needed = (long)_count + byteCount;
        if (needed > TransferLimits.MaxInlineBytes)
        {
            throw new TransferException(
                $"The value is larger than {TransferLimits.MaxInlineBytes:N0} bytes. Pass large data as arrays of numbers, "
                + $"as a {nameof(SharedArray<byte>)}<T>, or as the path of a file.");
        }
        Array.Resize(ref _buffer, (int)Math.Min(Math.Max(needed, _buffer.Length * 2L), Array.MaxLength));
    }
}

/// <summary>Bytes that stay where they are until the channel copies them, once: part of an array or of a string.</summary>
/// <param name="Source">An array of unmanaged elements, or a string.</param>
internal sealed record Block(object Source, nint OffsetBytes, nint LengthBytes)
{
    public static Block Of<T>(T[] array, int start, int count) =>
        new(array, (nint)start * Unsafe.SizeOf<T>(), (nint)count * Unsafe.SizeOf<T>());

    /// <summary>The bytes from <paramref name="offsetBytes"/> on, as many as one span can hold.</summary>
    public ReadOnlySpan<byte> Bytes(long offsetBytes)
    {
        ref byte start = ref Source is string text
            ? ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(text.AsSpan()))
            : ref MemoryMarshal.GetArrayDataReference((Array)Source);
        int count = (int)Math.Min(LengthBytes - offsetBytes, 1 << 30);
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref start, OffsetBytes + (nint)offsetBytes), count);
    }
}
