using Brood.Memory;

namespace Brood.Channel.Model;

/// <summary>What the two ends of a ring do with it, as FrameSender, WorkerConnection and ServeLoop do.</summary>
internal static class RingActors
{
    public const int DataOffset = RingControlLayout.Bytes;

    private const int Mask = 1;

    public static FrameHeader Header(int index) => new(FrameKind.Call, FrameFlags.Ambient, index + 1000, index);

    public static byte[] Payload(int index, int length)
    {
        var payload = new byte[length];
        Array.Fill(payload, (byte)(index + 1));
        return payload;
    }

    public static void Produce(ModelMemory memory, int capacity, int[] lengths)
    {
        var ring = new RingWriter<ModelMemory>(memory, 0, DataOffset, capacity);
        for (int i = 0; i < lengths.Length; i++)
        {
            memory.Remember(ring, i);
            while (ring.TryWrite(Header(i), Payload(i, lengths[i])) < 0)
            {
                ring.WakeConsumer();
                ring.WaitForRoom(lengths[i], -1);
                memory.Remember(ring, i);
            }
            memory.Remember(ring, ~i);
            ring.WakeConsumer();
        }
    }

    public static void Consume(ModelMemory memory, int capacity, int count, List<int> lengths)
    {
        var ring = new RingReader<ModelMemory>(memory, 0, DataOffset, capacity);
        for (int i = 0; i < count; i++)
        {
            Check(Wait(memory, ring, i, out ReadOnlySpan<byte> payload), payload, i);
            lengths.Add(payload.Length);
            ring.Advance();
        }
    }

    public static void ProduceAndWithdraw(ModelMemory memory, int capacity, int count, List<int> withdrawn)
    {
        var ring = new RingWriter<ModelMemory>(memory, 0, DataOffset, capacity);
        var positions = new long[count];
        for (int i = 0; i < count; i++)
        {
            positions[i] = ring.TryWrite(Header(i), Payload(i, 40));
        }
        ring.WakeConsumer();
        for (int i = count - 1; i >= 0; i--)
        {
            if (ring.TryWithdraw(positions[i]))
            {
                withdrawn.Add(i);
            }
        }
    }

    public static void ConsumeUnlessWithdrawn(ModelMemory memory, int capacity, int count, List<int> taken)
    {
        var ring = new RingReader<ModelMemory>(memory, 0, DataOffset, capacity);
        for (int i = 0; i < count; i++)
        {
            Check(Wait(memory, ring, i, out ReadOnlySpan<byte> payload), payload, i);
            if (ring.TryClaim())
            {
                taken.Add(i);
            }
            ring.Advance();
        }
    }

    /// <summary>The last item stays the last of a record that is not closed: as while the next one takes long.</summary>
    public static void ProduceItems(ModelMemory memory, int capacity, int count)
    {
        var ring = new RingWriter<ModelMemory>(memory, 0, DataOffset, capacity);
        ring.TryBeginGrowing(Header(0));
        ring.TryGrow(Payload(0, 1));
        ring.WakeConsumer();
        for (int i = 1; i < count; i++)
        {
            memory.Remember(ring, i);
            ring.TryGrow(Payload(i, 1));
            ring.WakeConsumerForItem();
        }
        // The other may go on before the last store is visible.
        memory.Fence();
    }

    public static void ConsumeItems(ModelMemory memory, int capacity, int count, List<int> items)
    {
        var ring = new RingReader<ModelMemory>(memory, 0, DataOffset, capacity);
        while (items.Count < count)
        {
            Wait(memory, ring, items.Count, out ReadOnlySpan<byte> payload);
            foreach (byte item in payload)
            {
                items.Add(item);
            }
            ring.Advance();
        }
    }

    private static FrameHeader Wait(ModelMemory memory, RingReader<ModelMemory> ring, int index, out ReadOnlySpan<byte> payload)
    {
        FrameHeader header;
        memory.Remember(ring, index);
        while (!ring.TryPeek(out header, out payload))
        {
            if (ring.PrepareToPark(Mask) is { } sleep)
            {
                ring.Park(sleep, Mask);
                ring.DoNotWake();
            }
            memory.Remember(ring, index);
        }
        return header;
    }

    private static void Check(FrameHeader header, ReadOnlySpan<byte> payload, int index)
    {
        if (header != Header(index) || payload.ContainsAnyExcept((byte)(index + 1)))
        {
            throw new InvalidOperationException($"Record {index} is torn or not the next one: {header}, {Convert.ToHexString(payload)}.");
        }
    }
}
