using System.Runtime.InteropServices;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;

namespace Brood.Pool.Hostile;

/// <summary>In a worker: writes into the shared memory what the library never would.</summary>
internal static class Liar
{
    /// <summary>Where the first result of a worker begins: behind Ready.</summary>
    private const int FirstResult = RecordLayout.Alignment;

    private static readonly SharedRegion s_region = LinuxMemoryFile.Map(LinuxWorkerFds.Region, 0, RegionLayout.FixedBytes);

    /// <summary>The first call of a worker writes a record in place of its result, and never returns.</summary>
    public static int WriteRecord(Lie lie)
    {
        Span<byte> record = s_region.Slice(RegionLayout.ResultRingOffset + FirstResult, RecordLayout.Alignment);
        record[RecordLayout.KindOffset] = (byte)lie.Kind;
        record[RecordLayout.FlagsOffset] = (byte)lie.Flags;
        MemoryMarshal.Write(record[RecordLayout.CallIdOffset..], lie.CallId);
        record[RecordLayout.PayloadOffset..].Fill(0x7F);
        Volatile.Write(ref s_region.Word32(RegionLayout.ResultRingOffset + FirstResult), lie.Length);
        Rings.ResultWriter(new RegionMemory(s_region, LinuxParking.Instance)).WakeConsumer();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    /// <summary>Says that so much of the ring of calls has been read, and never reads any.</summary>
    public static int PublishCallHead(long position)
    {
        PublishHead(ring: 0, position);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public static void PublishControlHead(long position) => PublishHead(ring: 1, position);

    private static void PublishHead(int ring, long position)
    {
        long controls = RegionLayout.ControlsOffset + (ring * RingControlLayout.Bytes);
        Volatile.Write(ref s_region.Word64(controls + RingControlLayout.HeadPositionOffset), position);
        // Whoever waits for room looks.
        Interlocked.Increment(ref s_region.Word32(controls + RingControlLayout.ProducerSignalOffset));
        LinuxParking.Instance.Unpark(ref s_region.Word32(controls + RingControlLayout.ProducerSignalOffset), 1);
    }
}

/// <summary>The header of a record that no worker of ours writes.</summary>
internal sealed record Lie(int Length, FrameKind Kind, FrameFlags Flags, long CallId);

/// <summary>An item of a source whose comparer never lets the worker's control thread go.</summary>
/// <param name="head">What that thread says it has read before; null: nothing.</param>
internal sealed class StuckComparer(long? head, int hostId) : IComparer<int>
{
    public int Compare(int x, int y)
    {
        if (Environment.ProcessId != hostId)
        {
            if (head is { } position)
            {
                Liar.PublishControlHead(position);
            }
            Thread.Sleep(Timeout.Infinite);
        }
        return x.CompareTo(y);
    }
}
