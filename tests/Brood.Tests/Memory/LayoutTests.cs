using System.Numerics;
using System.Reflection;

namespace Brood.Memory;

/// <summary>What the rings rely on in the constants of the layout classes.</summary>
public class LayoutTests
{
    [Fact]
    public void The_parts_of_the_region_follow_one_another_without_overlap()
    {
        (long Start, long End)[] parts =
        [
            (0, RegionLayout.BuildOffset + 16),
            (RegionLayout.StatusOffset, RegionLayout.StatusOffset + StatusLayout.ExitNoteTextOffset + StatusLayout.ExitNoteTextMaxBytes),
            (RegionLayout.ControlsOffset, RegionLayout.ControlsOffset + (3 * RingControlLayout.Bytes)),
            (RegionLayout.CallRingOffset, RegionLayout.CallRingOffset + RegionLayout.CallRingBytes),
            (RegionLayout.ControlRingOffset, RegionLayout.ControlRingOffset + RegionLayout.ControlRingBytes),
            (RegionLayout.ResultRingOffset, RegionLayout.ResultRingOffset + RegionLayout.ResultRingBytes),
            (RegionLayout.BulkOutOffset, RegionLayout.BulkOutOffset + RegionLayout.BulkBytes),
            (RegionLayout.BulkBackOffset, RegionLayout.BulkBackOffset + RegionLayout.BulkBytes),
        ];

        for (int i = 1; i < parts.Length; i++)
        {
            Assert.True(parts[i - 1].End <= parts[i].Start, $"part {i - 1} ends at {parts[i - 1].End}, part {i} begins at {parts[i].Start}");
        }
        Assert.Equal(RegionLayout.TotalBytes, parts[^1].End);
        Assert.Equal(RegionLayout.FixedBytes, parts[5].End);
    }

    [Theory]
    [InlineData(RegionLayout.CallRingOffset, RegionLayout.CallRingBytes)]
    [InlineData(RegionLayout.ControlRingOffset, RegionLayout.ControlRingBytes)]
    [InlineData(RegionLayout.ResultRingOffset, RegionLayout.ResultRingBytes)]
    public void A_ring_is_a_power_of_two_that_begins_at_a_page_and_holds_two_of_the_longest_records(int offset, int bytes)
    {
        Assert.Equal(0, offset % 4096);
        Assert.True(BitOperations.IsPow2(bytes));
        Assert.True(bytes >= 2 * RecordLayout.MaxBytes);
    }

    [Fact]
    public void What_is_mapped_alone_begins_at_a_multiple_of_64_KiB()
    {
        // The granularity of mappings on Windows, and a page everywhere.
        Assert.Equal(0, RegionLayout.BulkOutOffset % 65536);
        Assert.Equal(0, RegionLayout.BulkBackOffset % 65536);
        Assert.Equal(0, RegionLayout.BulkBytes % BulkLayout.SlotGrain);
        Assert.Equal(0, BulkLayout.SlotGrain % 4096);
    }

    [Fact]
    public void A_record_header_fits_a_line_and_its_words_are_aligned()
    {
        Assert.True(BitOperations.IsPow2(RecordLayout.Alignment));
        Assert.True(RecordLayout.PayloadOffset < RecordLayout.Alignment);
        Assert.Equal(0, RecordLayout.LengthOffset);
        Assert.Equal(0, RecordLayout.ClaimOffset % sizeof(int));
        Assert.Equal(0, RecordLayout.CallIdOffset % sizeof(long));
        Assert.Equal(0, RecordLayout.MaxBytes % RecordLayout.Alignment);
        Assert.Equal(RecordLayout.MaxBytes, RecordLayout.Padded(RecordLayout.PayloadOffset + RecordLayout.MaxPayloadBytes));
        Assert.Equal(RecordLayout.Alignment, RecordLayout.Padded(1));
        Assert.Equal(2 * RecordLayout.Alignment, RecordLayout.Padded(RecordLayout.Alignment + 1));
    }

    [Fact]
    public void Words_that_different_sides_write_lie_two_lines_apart()
    {
        // Two, because processors fetch lines in pairs.
        int[] groups = [RingControlLayout.HeadPositionOffset, RingControlLayout.ConsumerWaitingOffset, RingControlLayout.ProducerWaitingOffset];

        Assert.All(groups, offset => Assert.Equal(0, offset % 128));
        Assert.Equal(groups, groups.Distinct());
        Assert.Equal(0, RingControlLayout.Bytes % 128);
        Assert.True(RingControlLayout.ProducerSignalOffset + sizeof(int) <= RingControlLayout.Bytes);
    }

    [Theory]
    [InlineData(typeof(RegionLayout))]
    [InlineData(typeof(RingControlLayout))]
    [InlineData(typeof(StatusLayout))]
    [InlineData(typeof(BulkLayout))]
    public void Every_offset_is_that_of_an_aligned_word(Type layout)
    {
        foreach (FieldInfo field in layout.GetFields(BindingFlags.Static | BindingFlags.Public))
        {
            if (field.Name.EndsWith("Offset", StringComparison.Ordinal))
            {
                Assert.True(Convert.ToInt64(field.GetRawConstantValue()) % sizeof(int) == 0, $"{layout.Name}.{field.Name}");
            }
        }
    }
}
