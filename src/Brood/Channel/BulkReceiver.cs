using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Transfer;

namespace Brood.Channel;

/// <summary>The receiving side of one bulk area. One thread at a time.</summary>
/// <param name="map">Maps the area, when the first block comes.</param>
/// <param name="isWritten">Whether all of a part of the area was written; null if the sender is trusted: then inline bytes are read where they are.</param>
/// <remarks>
/// What a reader allocates for a block is as long as the block says. The area is address space first of all, so a sender
/// could name gigabytes that it never wrote: a payload that names much is checked against what there is.
/// </remarks>
internal sealed class BulkReceiver(Func<SharedRegion> map, Func<long, long, bool>? isWritten = null) : IDisposable
{
    /// <summary>Payloads that name no more than this are not worth asking the system about.</summary>
    private const long UncheckedBytes = 1 << 20;

    /// <summary>A private copy of inline bytes is made in the same memory each time, unless it is longer: fresh memory costs more than the copy.</summary>
    private const int KeptBytes = 1 << 20;

    private SharedRegion? _area;
    private byte[] _inline = [];

    /// <summary>Splits a payload with a block table into its inline bytes and its blocks.</summary>
    /// <param name="payload">A private copy, or the bytes of a producer that is trusted.</param>
    /// <exception cref="ChannelCorruptedException">The table names blocks outside the area.</exception>
    public ReceivedBlocks Open(FrameFlags flags, ref ReadOnlySpan<byte> payload)
    {
        _area ??= map();
        int count = payload.Length < BulkLayout.TableCountBytes ? -1 : MemoryMarshal.Read<int>(payload[^BulkLayout.TableCountBytes..]);
        ReadOnlySpan<byte> rest = payload[..Math.Max(0, payload.Length - BulkLayout.TableCountBytes)];
        if (count <= 0 || count > rest.Length / BulkLayout.TableEntryBytes)
        {
            throw new ChannelCorruptedException($"blocks={count}, payload={payload.Length}");
        }
        ReadOnlySpan<byte> table = rest[^(count * BulkLayout.TableEntryBytes)..];
        var blocks = new (long Offset, long LengthBytes)[count];
        long totalBytes = 0;
        for (int i = 0; i < count; i++)
        {
            long offset = MemoryMarshal.Read<long>(table[(i * BulkLayout.TableEntryBytes)..]);
            long length = MemoryMarshal.Read<long>(table[((i * BulkLayout.TableEntryBytes) + sizeof(long))..]);
            if (offset < 0 || offset % BulkLayout.SlotGrain != 0 || length < 0
                || offset > RegionLayout.BulkBytes - BulkLayout.DataOffset
                || length > RegionLayout.BulkBytes - BulkLayout.DataOffset - offset)
            {
                throw new ChannelCorruptedException($"block offset={offset}, length={length}");
            }
            blocks[i] = (offset, length);
            totalBytes += length;
        }
        if (totalBytes > UncheckedBytes && isWritten is not null)
        {
            CheckWritten(blocks, isWritten);
        }
        payload = rest[..^table.Length];
        var received = new ReceivedBlocks(_area, blocks);
        if ((flags & FrameFlags.InlineInBulk) != 0)
        {
            payload = TakeInline(received);
        }
        return received;
    }

    /// <summary>The first block. From a sender that is not trusted a private copy: inline bytes are parsed, so they must not change meanwhile.</summary>
    /// <returns>Valid until the next payload is opened, and until its blocks are released.</returns>
    private ReadOnlySpan<byte> TakeInline(ReceivedBlocks received)
    {
        ReadOnlySpan<byte> shared = received.NextInPlace(TransferLimits.MaxInlineBytes);
        if (isWritten is null)
        {
            return shared;
        }
        byte[] copy = _inline;
        if (copy.Length < shared.Length)
        {
            copy = GC.AllocateUninitializedArray<byte>(Math.Max(shared.Length, Math.Min(2 * copy.Length, KeptBytes)));
            _inline = copy.Length <= KeptBytes ? copy : _inline;
        }
        shared.CopyTo(copy);
        return copy.AsSpan(0, shared.Length);
    }

    public void Dispose() => _area?.Dispose();

    // Blocks that overlap would be read twice, and so be longer together than what was written.
    private static void CheckWritten((long Offset, long LengthBytes)[] blocks, Func<long, long, bool> isWritten)
    {
        long end = 0;
        foreach ((long offset, long lengthBytes) in blocks.OrderBy(static block => block.Offset))
        {
            if (offset < end || !isWritten(offset + BulkLayout.DataOffset, lengthBytes))
            {
                throw new ChannelCorruptedException($"block offset={offset}, length={lengthBytes}, before it={end}, which was not written");
            }
            end = offset + lengthBytes;
        }
    }
}

/// <summary>The blocks of one payload, taken in the order in which they were written, then given back.</summary>
internal sealed class ReceivedBlocks(SharedRegion area, (long Offset, long LengthBytes)[] blocks) : BlockSource
{
    private int _next;

    public override BlockView Next()
    {
        (long offset, long lengthBytes) = Take();
        return new View(area, offset + BulkLayout.DataOffset, lengthBytes);
    }

    private (long Offset, long LengthBytes) Take() => _next < blocks.Length
        ? blocks[_next++] : throw new TransferException("The bytes are damaged: a block is missing.");

    /// <summary>The next block where it is, in shared memory.</summary>
    /// <exception cref="ChannelCorruptedException">It is longer than a sender may make it.</exception>
    public ReadOnlySpan<byte> NextInPlace(int maxBytes)
    {
        (long offset, long lengthBytes) = Take();
        return lengthBytes <= maxBytes
            ? area.Slice(offset + BulkLayout.DataOffset, (int)lengthBytes) : throw new ChannelCorruptedException($"inline length={lengthBytes}");
    }

    /// <summary>Gives all blocks back to the sender.</summary>
    public void Release()
    {
        foreach ((long offset, _) in blocks)
        {
            // SYNC block-free (release): the bytes have been read.
            Volatile.Write(ref area.Word32(offset + BulkLayout.InUseOffset), 0);
        }
    }

    private sealed class View(SharedRegion area, long start, long lengthBytes) : BlockView
    {
        public override long LengthBytes => lengthBytes;

        public override void CopyTo(long offsetBytes, Span<byte> target)
        {
            if (offsetBytes < 0 || offsetBytes > lengthBytes - target.Length)
            {
                throw new TransferException("The bytes are damaged: a block is too short.");
            }
            area.Slice(start + offsetBytes, target.Length).CopyTo(target);
        }
    }
}
