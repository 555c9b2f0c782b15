using System.ComponentModel;
using Brood.Memory;

namespace Brood.Platform;

/// <summary>Shared memory on Linux: sealed memfds, handed over through a socket pair.</summary>
internal static class LinuxSharedMemory
{
    public static SharedBlock Allocate(long id, long lengthBytes)
    {
        int fd;
        try
        {
            fd = LinuxMemoryFile.Create(lengthBytes);
        }
        catch (Win32Exception e)
        {
            throw new OutOfMemoryException($"{lengthBytes:N0} bytes of shared memory could not be had: {e.Message}", e);
        }
        return Map(id, fd, lengthBytes);
    }

    /// <summary>Maps what another process sent.</summary>
    /// <exception cref="TransferException">It is not what it says it is.</exception>
    public static SharedBlock Adopt(long id, int fd, long lengthBytes)
    {
        // Without the seal its sender could shrink it later, and reading it would be the end of this process.
        int seals = UnixNative.Fcntl(fd, LinuxNative.F_GET_SEALS, 0);
        if (seals < 0 || (seals & LinuxNative.F_SEAL_SHRINK) == 0 || UnixNative.Lseek(fd, 0, UnixNative.SEEK_END) < lengthBytes || lengthBytes <= 0)
        {
            UnixNative.Close(fd);
            throw new TransferException("Shared memory arrived that is not sealed or shorter than it says.");
        }
        return Map(id, fd, lengthBytes);
    }

    private static SharedBlock Map(long id, int fd, long lengthBytes)
    {
        var handle = new Descriptor(fd);
        try
        {
            return SharedBlock.Register(id, fd, handle, LinuxMemoryFile.Map(fd, 0, lengthBytes));
        }
        catch (Win32Exception e)
        {
            handle.Dispose();
            throw new OutOfMemoryException($"{lengthBytes:N0} bytes of shared memory could not be mapped: {e.Message}", e);
        }
    }

    private sealed class Descriptor(int fd) : IDisposable
    {
        public void Dispose() => UnixNative.Close(fd);
    }
}
