using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Channel.Fuzz;

/// <summary>Tables of blocks that name what they like, in an area as large as the real one.</summary>
public class HostileBlockTests(ITestOutputHelper output)
{
    /// <summary>Longer inline bytes are allowed, up to <see cref="TransferLimits.MaxInlineBytes"/>: that much they cost.</summary>
    private const int MostInlineBytes = 64 * 1024;

    private static readonly long[] s_numbers =
    [
        0, 1, -1, BulkLayout.SlotGrain, -BulkLayout.SlotGrain, RegionLayout.BulkBytes, RegionLayout.BulkBytes - BulkLayout.SlotGrain,
        RegionLayout.BulkBytes - BulkLayout.DataOffset, (long)TransferLimits.MaxInlineBytes + 1, long.MaxValue, long.MinValue, MostInlineBytes,
    ];

    private static readonly byte[] s_bytes = new byte[2 * BulkLayout.SlotGrain];

    [Fact(Timeout = 30_000)]
    public async Task Any_table_of_blocks_is_read_inside_the_area_or_refused() => await Task.Run(() =>
    {
        int descriptor = LinuxMemoryFile.Create(RegionLayout.BulkBytes);
        try
        {
            using var receiver = new BulkReceiver(() => LinuxMemoryFile.Map(descriptor, 0, RegionLayout.BulkBytes));
            FuzzCases.Run(output, 10_000, random => Open(receiver, random));
        }
        finally
        {
            UnixNative.Close(descriptor);
        }
    }, TestContext.Current.CancellationToken);

    [Fact(Timeout = 30_000)]
    public async Task A_sender_stays_inside_its_area_whatever_the_receiver_says_is_in_use() => await Task.Run(() =>
        FuzzCases.Run(output, 300, Send), TestContext.Current.CancellationToken);

    /// <summary>A receiver that gives back what it has not read, and keeps or invents what it has.</summary>
    private static bool Send(Random random)
    {
        const int AreaBytes = 64 * BulkLayout.SlotGrain;
        SharedRegion area = SharedRegion.Allocate(AreaBytes);
        using var sender = new BulkSender(() => area, static _ => { });
        long end = 0;
        while (true)
        {
            int length = random.Next(s_bytes.Length);
            if (end + length + BulkLayout.SlotGrain > AreaBytes)
            {
                // This area is smaller than the sender believes.
                return false;
            }
            long offset = sender.Write(s_bytes.AsSpan(0, length));
            Assert.Equal(0, offset % BulkLayout.SlotGrain);
            end = Math.Max(end, offset + length + BulkLayout.DataOffset);
            for (int i = random.Next(4); i > 0; i--)
            {
                area.Word32(random.Next(64) * BulkLayout.SlotGrain) = random.Next(3) == 0 ? random.Next() : 0;
            }
            if (random.Next(200) == 0)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_block_that_was_never_written_is_refused_before_anything_is_allocated_for_it()
    {
        const long large = 256L << 20;
        const int page = 4096;
        int descriptor = LinuxMemoryFile.Create(RegionLayout.BulkBytes);
        try
        {
            using SharedRegion worker = LinuxMemoryFile.Map(descriptor, 0, RegionLayout.BulkBytes);
            using var receiver = new BulkReceiver(
                () => LinuxMemoryFile.Map(descriptor, 0, RegionLayout.BulkBytes),
                (offset, length) => LinuxMemoryFile.IsWritten(descriptor, offset, length));
            worker.Slice(BulkLayout.DataOffset, 2 * BulkLayout.SlotGrain).Fill(1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (FrameFlags flags in (FrameFlags[])[FrameFlags.Blocks, FrameFlags.Blocks | FrameFlags.InlineInBulk])
            {
                Assert.Throws<ChannelCorruptedException>(() => Open(receiver, flags, (0, large)));
                Assert.Throws<ChannelCorruptedException>(() => Open(receiver, flags, (RegionLayout.BulkBytes / 2, large)));
                Assert.Throws<ChannelCorruptedException>(() => Open(receiver, flags, ((2 * BulkLayout.SlotGrain) + page, large)));
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
            Assert.False(LinuxMemoryFile.IsWritten(descriptor, 4 * BulkLayout.SlotGrain, page));
        }
        finally
        {
            UnixNative.Close(descriptor);
        }
    }

    [Fact]
    public void Blocks_that_were_written_are_read_unless_they_are_named_twice()
    {
        const int large = 3 << 20;
        const int next = (large + BulkLayout.SlotGrain) & -BulkLayout.SlotGrain;
        int descriptor = LinuxMemoryFile.Create(RegionLayout.BulkBytes);
        try
        {
            using SharedRegion worker = LinuxMemoryFile.Map(descriptor, 0, RegionLayout.BulkBytes);
            using var receiver = new BulkReceiver(
                () => LinuxMemoryFile.Map(descriptor, 0, RegionLayout.BulkBytes),
                (offset, length) => LinuxMemoryFile.IsWritten(descriptor, offset, length));
            worker.Slice(BulkLayout.DataOffset, large).Fill(1);
            worker.Slice(next + BulkLayout.DataOffset, 1).Fill(2);
            ReceivedBlocks blocks = Open(receiver, FrameFlags.Blocks, (next, 1), (0, large));
            var bytes = new byte[large];
            Assert.Equal(1, blocks.Next().LengthBytes);
            blocks.Next().CopyTo(0, bytes);
            Assert.DoesNotContain((byte)0, bytes);
            Assert.Throws<ChannelCorruptedException>(() => Open(receiver, FrameFlags.Blocks, (0, large), (0, large)));
        }
        finally
        {
            UnixNative.Close(descriptor);
        }
    }

    private static ReceivedBlocks Open(BulkReceiver receiver, FrameFlags flags, params ReadOnlySpan<(long Offset, long LengthBytes)> blocks)
    {
        var bytes = new byte[(blocks.Length * BulkLayout.TableEntryBytes) + BulkLayout.TableCountBytes];
        MemoryMarshal.AsBytes(blocks).CopyTo(bytes);
        MemoryMarshal.Write(bytes.AsSpan(bytes.Length - BulkLayout.TableCountBytes), blocks.Length);
        ReadOnlySpan<byte> payload = bytes;
        return receiver.Open(flags, ref payload);
    }

    private static bool Open(BulkReceiver receiver, Random random)
    {
        int count = random.Next(1, 5);
        var bytes = new byte[random.Next(40) + (count * BulkLayout.TableEntryBytes) + BulkLayout.TableCountBytes];
        random.NextBytes(bytes);
        Span<long> table = MemoryMarshal.Cast<byte, long>(
            bytes.AsSpan(bytes.Length - BulkLayout.TableCountBytes - (count * BulkLayout.TableEntryBytes), count * BulkLayout.TableEntryBytes));
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = random.Next(3) == 0 ? s_numbers[random.Next(s_numbers.Length)]
                : i % 2 == 0 ? random.Next(8) * (long)BulkLayout.SlotGrain : random.Next(MostInlineBytes);
        }
        MemoryMarshal.Write(bytes.AsSpan(bytes.Length - BulkLayout.TableCountBytes), random.Next(8) == 0 ? random.Next(int.MinValue, int.MaxValue) : count);
        if (random.Next(8) == 0)
        {
            bytes = bytes[random.Next(bytes.Length)..];
        }
        ReadOnlySpan<byte> payload = bytes;
        bool inline = table[1] <= MostInlineBytes || table[1] > TransferLimits.MaxInlineBytes;
        FrameFlags flags = FrameFlags.Blocks | (inline && random.Next(2) == 0 ? FrameFlags.InlineInBulk : FrameFlags.None);
        try
        {
            ReceivedBlocks blocks = receiver.Open(flags, ref payload);
            var target = new byte[64];
            for (int i = random.Next(count + 2); i > 0; i--)
            {
                BlockView view = blocks.Next();
                view.CopyTo(random.Next(2) == 0 ? view.LengthBytes - target.Length : random.NextInt64(), target);
            }
            blocks.Release();
            return false;
        }
        catch (Exception e) when (e is ChannelCorruptedException or TransferException)
        {
            return true;
        }
    }
}
