using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Channel.Model;

/// <summary>Producers with one mistake each, in what <see cref="RingWriter{TMemory}"/> does: the model must find it.</summary>
internal static class BrokenWriter
{
    /// <summary>Says that the record is there, then writes it.</summary>
    public static void LengthFirst(ModelMemory memory, int capacity, int count)
    {
        for (int i = 0; i < count; i++)
        {
            long at = RingActors.DataOffset + (i * RecordLayout.Alignment % capacity);
            memory.WriteRelease32(at, RecordLayout.Alignment);
            Fill(memory.Slice(at, RecordLayout.Alignment), i);
            Wake(memory);
        }
    }

    /// <summary>Does not look at the head.</summary>
    public static void AsksNobody(ModelMemory memory, int capacity, int count)
    {
        for (int i = 0; i < count; i++)
        {
            long at = RingActors.DataOffset + (i * RecordLayout.Alignment % capacity);
            Fill(memory.Slice(at, RecordLayout.Alignment), i);
            memory.WriteRelease32(at, RecordLayout.Alignment);
            Wake(memory);
        }
    }

    private static void Wake(ModelMemory memory)
    {
        memory.Fence();
        if (memory.ReadAcquire32(RingControlLayout.ConsumerWaitingOffset) != 0)
        {
            int mask = memory.Exchange32(RingControlLayout.ConsumerWaitingOffset, 0);
            memory.Increment32(RingControlLayout.ConsumerSignalOffset);
            memory.Unpark(RingControlLayout.ConsumerSignalOffset, mask);
        }
    }

    private static void Fill(Span<byte> record, int index)
    {
        FrameHeader header = RingActors.Header(index);
        MemoryMarshal.Write(record[RecordLayout.ClaimOffset..], Claim.Ready);
        record[RecordLayout.KindOffset] = (byte)header.Kind;
        record[RecordLayout.FlagsOffset] = (byte)header.Flags;
        MemoryMarshal.Write(record[RecordLayout.FunctionIdOffset..], header.FunctionId);
        MemoryMarshal.Write(record[RecordLayout.CallIdOffset..], header.CallId);
        RingActors.Payload(index, 40).CopyTo(record[RecordLayout.PayloadOffset..]);
    }
}
