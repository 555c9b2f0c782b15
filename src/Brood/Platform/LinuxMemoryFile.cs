using System.ComponentModel;
using Brood.Memory;

namespace Brood.Platform;

/// <summary>Memory without a name: a memfd. Nobody can open it who was not handed the descriptor; it ends with its last user.</summary>
internal static class LinuxMemoryFile
{
    public static int Create(long length)
    {
        int fd = LinuxNative.MemfdCreate(in "brood\0"u8[0], LinuxNative.MFD_CLOEXEC | LinuxNative.MFD_ALLOW_SEALING);
        if (fd < 0)
        {
            throw UnixNative.Error("The system gave no shared memory (memfd_create)");
        }
        fd = UnixNative.MoveUp(fd);
        if (UnixNative.Ftruncate(fd, length) != 0)
        {
            Win32Exception error = UnixNative.Error($"The system gave no {length:N0} bytes of shared memory (ftruncate)");
            UnixNative.Close(fd);
            throw error;
        }
        // The worker has the descriptor, too. If it could shrink the file, the host's next look would be a SIGBUS.
        if (UnixNative.Fcntl(fd, LinuxNative.F_ADD_SEALS, LinuxNative.F_SEAL_SHRINK | LinuxNative.F_SEAL_GROW | LinuxNative.F_SEAL_SEAL) != 0)
        {
            Win32Exception error = UnixNative.Error("The system did not seal the size of shared memory (F_ADD_SEALS)");
            UnixNative.Close(fd);
            throw error;
        }
        return fd;
    }

    public static SharedRegion Map(int fd, long offset, long length)
    {
        nint start = UnixNative.Mmap(0, (nint)length, UnixNative.PROT_READ_WRITE, UnixNative.MAP_SHARED, fd, offset);
        return start == -1
            ? throw UnixNative.Error($"{length:N0} bytes of shared memory could not be mapped (mmap)")
            : new SharedRegion(start, length, static (address, count) => UnixNative.Munmap(address, (nint)count));
    }

    /// <summary>Whether there is no hole in a part. Looking into a hole through a mapping would fill it with pages.</summary>
    public static bool IsWritten(int fd, long offset, long length) =>
        UnixNative.Lseek(fd, offset, LinuxNative.SEEK_HOLE) >= offset + length;

    public static void Discard(SharedRegion region) => region.WithAddress(static (address, length) =>
        LinuxNative.Madvise(address, (nint)length, LinuxNative.MADV_REMOVE));
}
