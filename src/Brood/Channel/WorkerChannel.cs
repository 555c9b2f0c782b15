using Brood.Memory;

namespace Brood.Channel;

/// <summary>The worker's ends of the three rings.</summary>
internal sealed class WorkerChannel
{
    /// <param name="map">Maps a part of the region: where it begins, and its length in bytes.</param>
    /// <param name="discard">Gives the memory behind a mapped part back to the system.</param>
    public WorkerChannel(RegionMemory memory, Func<long, long, SharedRegion> map, Action<SharedRegion> discard)
    {
        Calls = Rings.CallReader(memory);
        Control = Rings.ControlReader(memory);
        BulkOut = new BulkReceiver(() => map(RegionLayout.BulkOutOffset, RegionLayout.BulkBytes));
        ControlBulkOut = new BulkReceiver(() => map(RegionLayout.BulkOutOffset, RegionLayout.BulkBytes));
        var bulkBack = new BulkSender(() => map(RegionLayout.BulkBackOffset, RegionLayout.BulkBytes), discard);
        Results = new FrameSender(Rings.ResultWriter(memory), bulkBack);
    }

    public RingReader<RegionMemory> Calls { get; }

    public RingReader<RegionMemory> Control { get; }

    /// <summary>For the thread that serves calls.</summary>
    public BulkReceiver BulkOut { get; }

    /// <summary>For the thread that reads the control ring: a receiver is one thread's.</summary>
    public BulkReceiver ControlBulkOut { get; }

    public FrameSender Results { get; }
}

/// <summary>Where each ring lies in the region.</summary>
internal static class Rings
{
    private static long Controls(int ring) => RegionLayout.ControlsOffset + (ring * RingControlLayout.Bytes);

    public static RingReader<RegionMemory> CallReader(RegionMemory memory) =>
        new(memory, Controls(0), RegionLayout.CallRingOffset, RegionLayout.CallRingBytes);

    public static RingWriter<RegionMemory> CallWriter(RegionMemory memory) =>
        new(memory, Controls(0), RegionLayout.CallRingOffset, RegionLayout.CallRingBytes);

    public static RingReader<RegionMemory> ControlReader(RegionMemory memory) =>
        new(memory, Controls(1), RegionLayout.ControlRingOffset, RegionLayout.ControlRingBytes);

    public static RingWriter<RegionMemory> ControlWriter(RegionMemory memory) =>
        new(memory, Controls(1), RegionLayout.ControlRingOffset, RegionLayout.ControlRingBytes);

    public static RingReader<RegionMemory> ResultReader(RegionMemory memory) =>
        new(memory, Controls(2), RegionLayout.ResultRingOffset, RegionLayout.ResultRingBytes);

    public static RingWriter<RegionMemory> ResultWriter(RegionMemory memory) =>
        new(memory, Controls(2), RegionLayout.ResultRingOffset, RegionLayout.ResultRingBytes);
}
