using Brood.Memory;

namespace Brood.Platform;

/// <summary>Makes and finds blocks of shared memory.</summary>
internal static class SharedMemory
{
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public static SharedBlock Allocate(long lengthBytes)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (available > 0 && lengthBytes > available)
        {
            throw new OutOfMemoryException(
                $"{lengthBytes:N0} bytes of shared memory were asked for; this process may use {available:N0}.");
        }
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Brood shares memory on Linux only, so far.");
        }
        // Unique among all processes that can meet, the dead ones included. 0 stands for no array.
        long id = BitConverter.ToInt64(Guid.NewGuid().ToByteArray()) | 1;
        return LinuxSharedMemory.Allocate(id, lengthBytes);
    }
}
