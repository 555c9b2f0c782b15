using System.Runtime.CompilerServices;
using Brood.Platform;

namespace Brood.Memory;

/// <summary>The memory of a mapped region, as the machine does it.</summary>
internal readonly struct RegionMemory(SharedRegion region, Parking parking) : ISharedMemory
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadAcquire32(long offset) => Volatile.Read(ref region.Word32(offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRelease32(long offset, int value) => Volatile.Write(ref region.Word32(offset), value);

    public int Exchange32(long offset, int value) => Interlocked.Exchange(ref region.Word32(offset), value);

    public int Increment32(long offset) => Interlocked.Increment(ref region.Word32(offset));

    public bool CompareExchange32(long offset, int from, int to) =>
        Interlocked.CompareExchange(ref region.Word32(offset), to, from) == from;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadAcquire64(long offset) => Volatile.Read(ref region.Word64(offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRelease64(long offset, long value) => Volatile.Write(ref region.Word64(offset), value);

    public void Fence() => Interlocked.MemoryBarrier();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Slice(long offset, int count) => region.Slice(offset, count);

    public bool Park(long offset, int expected, int mask, int timeoutMilliseconds) =>
        parking.Park(ref region.Word32(offset), expected, mask, timeoutMilliseconds);

    public void Unpark(long offset, int mask) => parking.Unpark(ref region.Word32(offset), mask);
}
