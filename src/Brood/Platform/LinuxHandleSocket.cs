using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Platform;

/// <summary>One end of a socket pair that carries nothing but descriptors of shared memory, each with its id and length.</summary>
/// <remarks>
/// A message goes out before the frame that names its block, so the receiver finds it there. Blocks whose frame was taken back
/// are closed when they are met. Thread-safe.
/// </remarks>
/// <param name="maxUnclaimed">Blocks that came and were not asked for yet; more are closed, oldest first.</param>
internal sealed class LinuxHandleSocket(int fd, int maxUnclaimed) : IDisposable
{
    // struct msghdr, struct iovec, one control message with one descriptor, and two numbers.
    private const int HeaderBytes = 56;
    private const int VectorOffset = HeaderBytes;
    private const int ControlOffset = VectorOffset + 16;
    private const int ControlBytes = 24;
    private const int ControlLength = 20;
    private const int DataOffset = ControlOffset + ControlBytes;
    private const int DataBytes = 16;
    private const int BufferBytes = DataOffset + DataBytes;

    private readonly Lock _gate = new();
    private Dictionary<long, (int Fd, long LengthBytes)>? _unclaimed; // Guarded by _gate; made when the first arrives.
    private int _fd = fd; // Guarded by _gate.

    /// <returns>False: the other side has not taken what was sent before, or is gone.</returns>
    public bool TrySend(SharedBlock block)
    {
        lock (_gate)
        {
            nint buffer = Prepare();
            try
            {
                Marshal.WriteInt64(buffer + DataOffset, block.Id);
                Marshal.WriteInt64(buffer + DataOffset + 8, block.Region.Length);
                Marshal.WriteIntPtr(buffer + ControlOffset, ControlLength);
                Marshal.WriteInt32(buffer + ControlOffset + 8, UnixNative.SOL_SOCKET);
                Marshal.WriteInt32(buffer + ControlOffset + 12, UnixNative.SCM_RIGHTS);
                Marshal.WriteInt32(buffer + ControlOffset + 16, block.Descriptor);
                return _fd >= 0 && UnixNative.SendMessage(_fd, buffer, UnixNative.MSG_DONTWAIT | UnixNative.MSG_NOSIGNAL) == DataBytes;
            }
            finally
            {
                Marshal.FreeHGlobal(buffer);
            }
        }
    }

    /// <summary>Takes in what the other side has sent; a block of this id is not wanted any more.</summary>
    public void Drop(long id)
    {
        lock (_gate)
        {
            while (TryReceive())
            {
            }
            if (_unclaimed is not null && _unclaimed.Remove(id, out (int Fd, long) gone))
            {
                UnixNative.Close(gone.Fd);
            }
        }
    }

    /// <summary>The block with this id: one that this process has, or that the other side has sent.</summary>
    /// <exception cref="TransferException">There is none.</exception>
    public SharedBlock Take(long id)
    {
        lock (_gate)
        {
            while (TryReceive())
            {
            }
            // Sent again by a side that did not know that it is here.
            if (SharedBlock.TryUse(id) is { } known)
            {
                if (_unclaimed is not null && _unclaimed.Remove(id, out (int Fd, long) spare))
                {
                    UnixNative.Close(spare.Fd);
                }
                return known;
            }
            return _unclaimed is not null && _unclaimed.Remove(id, out (int Fd, long LengthBytes) sent)
                ? LinuxSharedMemory.Adopt(id, sent.Fd, sent.LengthBytes)
                : throw new TransferException("Shared memory was named that did not arrive.");
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_fd < 0)
            {
                return;
            }
            UnixNative.Close(_fd);
            _fd = -1;
            CloseUnclaimed();
        }
    }

    private void CloseUnclaimed()
    {
        if (_unclaimed is null)
        {
            return;
        }
        foreach ((int unclaimed, _) in _unclaimed.Values)
        {
            UnixNative.Close(unclaimed);
        }
        _unclaimed = null;
    }

    private bool TryReceive()
    {
        nint buffer = Prepare();
        try
        {
            if (_fd < 0 || UnixNative.ReceiveMessage(_fd, buffer, UnixNative.MSG_DONTWAIT | UnixNative.MSG_CMSG_CLOEXEC) != DataBytes)
            {
                return false;
            }
            if (Marshal.ReadIntPtr(buffer + ControlOffset) == ControlLength
                && Marshal.ReadInt32(buffer + ControlOffset + 12) == UnixNative.SCM_RIGHTS)
            {
                Keep(Marshal.ReadInt64(buffer + DataOffset), Marshal.ReadInt32(buffer + ControlOffset + 16), Marshal.ReadInt64(buffer + DataOffset + 8));
            }
            return true;
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    private void Keep(long id, int received, long lengthBytes)
    {
        _unclaimed ??= [];
        if (_unclaimed.Remove(id, out (int Fd, long) older))
        {
            UnixNative.Close(older.Fd);
        }
        if (_unclaimed.Count == maxUnclaimed)
        {
            foreach (long first in _unclaimed.Keys)
            {
                _unclaimed.Remove(first, out (int Fd, long) dropped);
                UnixNative.Close(dropped.Fd);
                break;
            }
        }
        _unclaimed.Add(id, (received, lengthBytes));
    }

    private static nint Prepare()
    {
        nint buffer = Marshal.AllocHGlobal(BufferBytes);
        for (int at = 0; at < BufferBytes; at += 8)
        {
            Marshal.WriteInt64(buffer + at, 0);
        }
        Marshal.WriteIntPtr(buffer + 16, buffer + VectorOffset);
        Marshal.WriteIntPtr(buffer + 24, 1);
        Marshal.WriteIntPtr(buffer + 32, buffer + ControlOffset);
        Marshal.WriteIntPtr(buffer + 40, ControlBytes);
        Marshal.WriteIntPtr(buffer + VectorOffset, buffer + DataOffset);
        Marshal.WriteIntPtr(buffer + VectorOffset + 8, DataBytes);
        return buffer;
    }
}
