using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Transfer;

/// <summary>Reads one payload. Never reads past its end, whatever the bytes are.</summary>
/// <remarks>Every failure is a <see cref="TransferException"/>.</remarks>
internal ref partial struct TransferReader
{
    private const int MaxShortText = 256;

    private ReadOnlySpan<byte> _rest;
    private readonly BlockSource? _blocks;

    // What was met so far, by index. Null until the first object and the first named type.
    private object?[]? _objects;
    private int _objectCount;
    private Type[]? _types;
    private int _typeCount;
    private List<DeferredFill>? _deferred;
    private int _depth;
    private int _unclaimedBytes;

    public TransferReader(ReadOnlySpan<byte> inline, BlockSource? blocks, LiveReceiver? live, TypePolicy policy)
    {
        _rest = inline;
        _unclaimedBytes = inline.Length;
        _blocks = blocks;
        Live = live;
        Policy = policy;
    }

    /// <summary>The worker's side of live arguments; null where none may cross.</summary>
    public LiveReceiver? Live { get; }

    /// <summary>Which types may be built from this payload.</summary>
    public TypePolicy Policy { get; }

    /// <summary>How often an earlier object was referred to. If it changed, the part just read may hold an unfinished one.</summary>
    public int SeenCount { get; private set; }

    public readonly int Remaining => _rest.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        if (_rest.IsEmpty)
        {
            ThrowTruncated();
        }
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T ReadUnmanaged<T>()
    {
        RawBytes.AssertPlain<T>();
        int size = Unsafe.SizeOf<T>();
        if (_rest.Length < size)
        {
            ThrowTruncated();
        }
        T value = Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(_rest));
        _rest = _rest[size..];
        return value;
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        ReadOnlySpan<byte> bytes = Peek(count);
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>The next bytes, which stay unread. They do not change until then: untrusted bytes are a private copy.</summary>
    public readonly ReadOnlySpan<byte> Peek(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            ThrowTruncated();
        }
        return _rest[..count];
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw Damaged("a number has more than ten bytes");
    }

    /// <summary>A count of elements, each at least <paramref name="minElementBytes"/> long: checked before anything is allocated.</summary>
    public int ReadCount(int minElementBytes = 1)
    {
        ulong count = ReadVarint();
        Claim(count, minElementBytes);
        return (int)count;
    }

    /// <summary>Checks that so many elements can follow. Bytes are claimed once: collections in collections do not all get the same.</summary>
    public void Claim(ulong count, int minElementBytes)
    {
        minElementBytes = Math.Max(1, minElementBytes);
        if (count > (ulong)(Math.Min(_rest.Length, _unclaimedBytes) / minElementBytes))
        {
            ThrowTruncated();
        }
        _unclaimedBytes -= (int)count * minElementBytes;
    }

    /// <summary>What it costs to place keys that collide, so far.</summary>
    public long Comparisons { get; private set; }

    /// <summary>Counts what it will cost to place keys that collide.</summary>
    public void ChargeComparisons(long count)
    {
        Comparisons += Math.Max(0, count);
        if (Comparisons > TransferLimits.MaxKeyComparisons)
        {
            throw Damaged("the keys of a collection collide too often");
        }
    }

    public string? ReadText()
    {
        ulong lengthPlusOne = ReadVarint();
        if (lengthPlusOne == 0)
        {
            return null;
        }
        if (lengthPlusOne - 1 > (ulong)_rest.Length)
        {
            ThrowTruncated();
        }
        ReadOnlySpan<byte> bytes = ReadBytes((int)(lengthPlusOne - 1));
        return ShortAscii(bytes) ?? Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Names are short and plain, and a worker's first are read by hand: to load the framework's decoder takes four milliseconds.</summary>
    /// <returns>Null: it is not so.</returns>
    private static string? ShortAscii(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxShortText)
        {
            return null;
        }
        Span<char> text = stackalloc char[MaxShortText];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] >= 0x80)
            {
                return null;
            }
            text[i] = (char)bytes[i];
        }
        return new string(text[..bytes.Length]);
    }

    /// <summary>The next large block. The caller checks its length and copies it to where it belongs.</summary>
    public readonly BlockView ReadBlock() =>
        _blocks is null ? throw Damaged("a block is missing") : _blocks.Next();

    /// <summary>The next large block, which must have exactly this length.</summary>
    public readonly BlockView ReadBlock(long lengthBytes)
    {
        BlockView block = ReadBlock();
        return block.LengthBytes == lengthBytes ? block : throw Damaged("a block has another length than its value");
    }

    public static TransferException Damaged(string what, Exception? inner = null) =>
        new($"The bytes are damaged: {what}.", null, inner);

    private static void ThrowTruncated() => throw Damaged("they end in the middle of a value");
}

/// <summary>Where a reader takes large blocks from, in the order in which they were written.</summary>
internal abstract class BlockSource
{
    /// <exception cref="TransferException">There is no further block.</exception>
    public abstract BlockView Next();
}

/// <summary>One received block. Valid only until the payload has been read.</summary>
internal abstract class BlockView
{
    /// <summary>The length in bytes, already checked against the memory that holds it.</summary>
    public abstract long LengthBytes { get; }

    /// <summary>Copies bytes from <paramref name="offsetBytes"/> on. The other side may change them meanwhile; they are only data.</summary>
    public abstract void CopyTo(long offsetBytes, Span<byte> target);
}
