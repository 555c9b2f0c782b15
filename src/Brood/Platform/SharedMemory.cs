using Brood.Memory;

namespace Brood.Platform;

/// <summary>Makes and finds blocks of shared memory.</summary>
internal static class SharedMemory
{
    private static int s_lastNumber;

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
        // Unique among all processes that can meet: those of one tree of hosts and workers.
        long id = ((long)Environment.ProcessId << 32) | (uint)Interlocked.Increment(ref s_lastNumber);
        return LinuxSharedMemory.Allocate(id, lengthBytes);
    }
}
