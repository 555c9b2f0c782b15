using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Channel.Fuzz;

/// <summary>A producer that writes records as it likes, past all rules.</summary>
internal sealed class HostileProducer(SharedRegion region, long data, int capacity, Random random)
{
    private static readonly int[] s_lengths =
    [
        0, 1, -1, -64, 23, 24, 27, 28, 63, 64, 65, RecordLayout.GrowthBytes, RecordLayout.MaxBytes - 1, RecordLayout.MaxBytes,
        RecordLayout.MaxBytes + 1, -RecordLayout.MaxBytes, int.MinValue, int.MaxValue,
    ];

    /// <summary>Where the next record would begin, in bytes from the start of the ring.</summary>
    public int Tail { get; private set; }

    /// <summary>Records up to the end of the ring, most of them as they should be.</summary>
    public void Fill(int damageOneIn)
    {
        do
        {
            WriteRecord(damageOneIn);
        }
        while (Tail != 0);
    }

    /// <summary>Writes a record or a skip where an honest producer would, and moves on.</summary>
    public void WriteRecord(int damageOneIn)
    {
        int toEnd = capacity - Tail;
        int length = Math.Min(Length(), toEnd);
        bool grows = length >= RecordLayout.GrowthItemsOffset && random.Next(4) == 0;
        Span<byte> record = region.Slice(data + Tail, length);
        record[RecordLayout.KindOffset] = (byte)random.Next(48);
        record[RecordLayout.FlagsOffset] = grows ? (byte)FrameFlags.Growing : (byte)0;
        MemoryMarshal.Write(record[RecordLayout.ClaimOffset..], random.Next(4));
        MemoryMarshal.Write(record[RecordLayout.CallIdOffset..], (long)random.Next(4));
        if (grows)
        {
            var growth = new GrowthState(random.Next(length - RecordLayout.GrowthItemsOffset + 1), random.Next(100), random.Next(2) == 0);
            MemoryMarshal.Write(record[RecordLayout.GrowthOffset..], growth.Pack());
        }
        int word = random.Next(damageOneIn) == 0 ? s_lengths[random.Next(s_lengths.Length)]
            : toEnd < RecordLayout.MaxBytes && Tail > 0 && random.Next(20) == 0 ? -toEnd
            : length;
        Volatile.Write(ref region.Word32(data + Tail), word);
        Tail = (Tail + (word < 0 ? toEnd : RecordLayout.Padded(length))) & (capacity - 1);
    }

    /// <summary>Changes one thing, most often in the record at <paramref name="head"/>, which is being read.</summary>
    public void Damage(int head)
    {
        int at = random.Next(4) == 0 ? random.Next(capacity / RecordLayout.Alignment) * RecordLayout.Alignment : head;
        switch (random.Next(6))
        {
            case 0:
                Volatile.Write(ref region.Word32(data + at), s_lengths[random.Next(s_lengths.Length)]);
                break;
            case 1:
                Volatile.Write(ref region.Word32(data + at), at - capacity);
                break;
            case 2:
                region.Slice(data + at + RecordLayout.FlagsOffset, 1)[0] ^= (byte)FrameFlags.Growing;
                break;
            case 3:
                GrowthWord(at) = random.Next(int.MinValue, int.MaxValue);
                break;
            case 4:
                GrowthState now = GrowthState.Unpack(GrowthWord(at));
                GrowthWord(at) = new GrowthState(
                    Math.Clamp(now.Bytes + random.Next(-8, 100), 0, GrowthState.MaxBytes),
                    Math.Clamp(now.Count + random.Next(-1, 4), 0, GrowthState.MaxCount), random.Next(8) == 0).Pack();
                break;
            default:
                random.NextBytes(region.Slice(data + at, random.Next(RecordLayout.Alignment)));
                break;
        }
    }

    private ref int GrowthWord(int at) => ref region.Word32(data + at + RecordLayout.GrowthOffset);

    private int Length() => random.Next(20) switch
    {
        0 => random.Next(RecordLayout.PayloadOffset, RecordLayout.MaxBytes + 1),
        1 => RecordLayout.GrowthBytes,
        _ => random.Next(RecordLayout.PayloadOffset, 300),
    };
}
