using System.Globalization;
using System.Reflection;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;
using Brood.Workers;

namespace Brood.Channel;

/// <summary>Holds docs/protocol.md to the code: every offset, number and example.</summary>
public class ProtocolPageTests
{
    private const int Capacity = 64 * 1024;

    private static readonly Type[] s_layouts =
        [typeof(RegionLayout), typeof(RingControlLayout), typeof(RecordLayout), typeof(BulkLayout), typeof(StatusLayout)];

    private static readonly Type[] s_enums = [typeof(FrameKind), typeof(FrameFlags), typeof(WorkerPhase), typeof(ExitNote)];

    private static readonly Type[] s_limits =
        [typeof(RecordLayout), typeof(BulkLayout), typeof(RegionLayout), typeof(TransferLimits), typeof(FlowControl)];

    public static TheoryData<string> Examples => [.. ProtocolPage.Examples.Keys];

    [Fact]
    public void Every_offset_on_the_page_is_that_of_the_code_and_none_is_missing()
    {
        foreach (Type layout in s_layouts)
        {
            var inCode = Constants(layout).Where(field => field.Name.EndsWith("Offset", StringComparison.Ordinal))
                .ToDictionary(field => field.Name[..^"Offset".Length], Value);
            var onPage = ProtocolPage.Rows($"layout: {layout.Name}").ToDictionary(row => row[3], row => Number(row[0]));
            Assert.Equal(inCode.OrderBy(pair => pair.Key), onPage.OrderBy(pair => pair.Key));
        }
    }

    [Fact]
    public void No_two_fields_on_the_page_overlap()
    {
        foreach (Type layout in s_layouts)
        {
            long end = 0;
            foreach (string[] row in ProtocolPage.Rows($"layout: {layout.Name}").Where(row => row[1].Length > 0 && row[3] != "Growth"))
            {
                Assert.True(Number(row[0]) >= end, $"{layout.Name}.{row[3]}");
                end = Number(row[0]) + Number(row[1]);
            }
        }
    }

    [Fact]
    public void The_sizes_on_the_page_are_those_of_the_code()
    {
        var bytes = ProtocolPage.Rows($"layout: {nameof(RegionLayout)}").ToDictionary(row => row[3], row => row[1]);
        Assert.Equal(RegionLayout.CallRingBytes, Number(bytes["CallRing"]));
        Assert.Equal(RegionLayout.ControlRingBytes, Number(bytes["ControlRing"]));
        Assert.Equal(RegionLayout.ResultRingBytes, Number(bytes["ResultRing"]));
        Assert.Equal(RegionLayout.BulkBytes, Number(bytes["BulkOut"]));
        Assert.Equal(3 * RingControlLayout.Bytes, Number(bytes["Controls"]));
    }

    [Fact]
    public void Every_value_on_the_page_is_that_of_the_code_and_none_is_missing()
    {
        foreach (Type type in s_enums)
        {
            var inCode = Enum.GetNames(type).ToDictionary(name => name, name => Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture));
            var onPage = ProtocolPage.Rows($"enum: {type.Name}").ToDictionary(row => row[1], row => Number(row[0]));
            Assert.Equal(inCode.OrderBy(pair => pair.Key), onPage.OrderBy(pair => pair.Key));
        }
        Assert.Equal(
            Constants(typeof(Claim)).ToDictionary(field => field.Name, Value),
            ProtocolPage.Rows("constants: Claim").ToDictionary(row => row[1], row => Number(row[0])));
    }

    [Fact]
    public void The_limits_on_the_page_are_those_of_the_code()
    {
        List<string[]> rows = ProtocolPage.Rows("constants: limits");
        Assert.NotEmpty(rows);
        foreach (string[] row in rows)
        {
            string[] name = row[1].Split('.');
            FieldInfo field = s_limits.Single(type => type.Name == name[0]).GetField(name[1])!;
            Assert.Equal(Value(field), Number(row[0]));
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_what_the_writer_writes_and_the_reader_reads(string name)
    {
        (byte[] bytes, string decoded) = ProtocolPage.Examples[name];
        using SharedRegion region = SharedRegion.Allocate(RingControlLayout.Bytes + Capacity);
        var memory = new RegionMemory(region, LinuxParking.Instance);
        string[] parts = decoded.Split(", ");
        var header = new FrameHeader(
            Enum.Parse<FrameKind>(parts[0]), Enum.Parse<FrameFlags>(parts[1]),
            int.Parse(parts[2]["function ".Length..], CultureInfo.InvariantCulture),
            long.Parse(parts[3]["call ".Length..], CultureInfo.InvariantCulture));
        byte[] payload = Convert.FromHexString(parts[4]["payload".Length..].Trim());

        new RingWriter<RegionMemory>(memory, 0, RingControlLayout.Bytes, Capacity).TryWrite(header, payload);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(region.Slice(RingControlLayout.Bytes, bytes.Length)));

        var reader = new RingReader<RegionMemory>(memory, 0, RingControlLayout.Bytes, Capacity);
        Assert.True(reader.TryPeek(out FrameHeader read, out ReadOnlySpan<byte> readPayload));
        Assert.Equal(header, read);
        Assert.Equal(Convert.ToHexString(payload), Convert.ToHexString(readPayload));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_that_is_cut_off_or_has_a_wrong_bit_is_a_frame_or_is_refused(string name)
    {
        byte[] bytes = ProtocolPage.Examples[name].Bytes;
        using var bulk = new BulkReceiver(() => SharedRegion.Allocate(BulkLayout.SlotGrain));
        for (int length = 0; length < bytes.Length; length++)
        {
            ReadDamaged([.. bytes[..length], .. new byte[bytes.Length - length]], bulk);
        }
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadDamaged(flipped, bulk);
        }
    }

    private static void ReadDamaged(byte[] bytes, BulkReceiver bulk)
    {
        using SharedRegion region = SharedRegion.Allocate(RingControlLayout.Bytes + Capacity);
        bytes.CopyTo(region.Slice(RingControlLayout.Bytes, bytes.Length));
        var reader = new RingReader<RegionMemory>(
            new RegionMemory(region, LinuxParking.Instance), 0, RingControlLayout.Bytes, Capacity);
        try
        {
            if (reader.TryPeek(out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                Assert.True(payload.Length <= RecordLayout.MaxPayloadBytes);
                if ((header.Flags & FrameFlags.Blocks) != 0)
                {
                    bulk.Open(header.Flags & ~FrameFlags.InlineInBulk, ref payload);
                }
            }
        }
        catch (ChannelCorruptedException)
        {
        }
    }

    private static IEnumerable<FieldInfo> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public).Where(field => field.IsLiteral);

    private static long Value(FieldInfo field) => Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
