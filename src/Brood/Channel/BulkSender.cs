using System.ComponentModel;
using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Transfer;

namespace Brood.Channel;

/// <summary>The sending side of one bulk area: finds room for large blocks and copies them in, once.</summary>
/// <remarks>Thread-safe. Only this side keeps the books; the other side only clears InUse.</remarks>
internal sealed class BulkSender(Func<SharedRegion> map, Action<SharedRegion> discard) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Slot> _slots = []; // Guarded by _gate.
    private SharedRegion? _area; // Guarded by _gate until set, then constant.
    private long _end; // Guarded by _gate.
    private int _copying; // Guarded by _gate: threads that write to the area at this moment, outside the gate.
    private bool _closed; // Guarded by _gate.

    private sealed record Slot(long Offset, long Bytes);

    /// <summary>Copies one block in.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="TransferException">The area is full, or cannot be mapped.</exception>
    /// <exception cref="ObjectDisposedException">The channel is closed.</exception>
    public long Write(in Block block)
    {
        long offset = Claim(block.LengthBytes, out SharedRegion area);
        try
        {
            for (long done = 0; done < block.LengthBytes;)
            {
                ReadOnlySpan<byte> bytes = block.Bytes(done);
                bytes.CopyTo(area.Slice(offset + BulkLayout.DataOffset + done, bytes.Length));
                done += bytes.Length;
            }
        }
        finally
        {
            Copied();
        }
        return offset;
    }

    public long Write(ReadOnlySpan<byte> bytes)
    {
        long offset = Claim(bytes.Length, out SharedRegion area);
        try
        {
            bytes.CopyTo(area.Slice(offset + BulkLayout.DataOffset, bytes.Length));
        }
        finally
        {
            Copied();
        }
        return offset;
    }

    /// <summary>Takes back blocks that nobody will read.</summary>
    public void Release(ReadOnlySpan<long> offsets)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }
            foreach (long offset in offsets)
            {
                Volatile.Write(ref _area!.Word32(offset + BulkLayout.InUseOffset), 0);
            }
        }
    }

    /// <summary>The area is unmapped as soon as nobody copies into it: a caller may be in the middle of a large value.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            UnmapIfUnusedNeedsLock();
        }
    }

    private void Copied()
    {
        lock (_gate)
        {
            _copying--;
            UnmapIfUnusedNeedsLock();
        }
    }

    private void UnmapIfUnusedNeedsLock()
    {
        if (_closed && _copying == 0)
        {
            _area?.Dispose();
        }
    }

    private long Claim(long lengthBytes, out SharedRegion area)
    {
        long needed = (lengthBytes + BulkLayout.DataOffset + BulkLayout.SlotGrain - 1) & -BulkLayout.SlotGrain;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            area = _area ??= MapArea();
            Slot slot = FindFreeNeedsLock(needed) ?? AppendNeedsLock(needed, lengthBytes);
            Volatile.Write(ref area.Word32(slot.Offset + BulkLayout.InUseOffset), 1);
            _copying++;
            return slot.Offset;
        }
    }

    private SharedRegion MapArea()
    {
        try
        {
            return map();
        }
        catch (Win32Exception e)
        {
            throw new TransferException(
                $"The value is large, and large values go through {RegionLayout.BulkBytes >> 30} GiB of address space for each worker and direction, "
                + $"which the system did not give: {e.Message}. Raise the limit of address space (ulimit -v), or send less at a time.", null, e);
        }
    }

    private Slot? FindFreeNeedsLock(long needed)
    {
        bool anyInUse = false;
        Slot? best = null;
        foreach (Slot slot in CollectionsMarshal.AsSpan(_slots))
        {
            // SYNC block-free (acquire): the receiver has read the bytes.
            if (Volatile.Read(ref _area!.Word32(slot.Offset + BulkLayout.InUseOffset)) != 0)
            {
                anyInUse = true;
            }
            else if (slot.Bytes >= needed && slot.Bytes / 2 <= needed && (best is null || slot.Bytes < best.Bytes))
            {
                best = slot;
            }
        }
        if (best is null && !anyInUse && _slots.Count > 0)
        {
            // Nothing fits and nothing is in use: start over, and give back what grew too large.
            if (_end > BulkLayout.KeptBytes)
            {
                discard(_area!);
            }
            _slots.Clear();
            _end = 0;
        }
        return best;
    }

    private Slot AppendNeedsLock(long needed, long lengthBytes)
    {
        if (needed > RegionLayout.BulkBytes - _end)
        {
            throw new TransferException(
                $"There is no room for {lengthBytes:N0} bytes: large values on their way to or from one worker may take "
                + $"{RegionLayout.BulkBytes:N0} bytes together. Send fewer at a time, or share the memory with a SharedArray<T>.");
        }
        var slot = new Slot(_end, needed);
        _slots.Add(slot);
        _end += needed;
        return slot;
    }
}
