using System.Collections.Immutable;
using System.Drawing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Brood.Transfer.Zoo;

namespace Brood.Transfer;

/// <summary>What a hostile worker can write where not all bits are a value.</summary>
public class BitPatternTests
{
    private static readonly bool s_two = Made<bool>(2);

    public static TheoryData<string> Impossible => [.. ImpossibleValues().Keys];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void The_host_refuses_bits_that_are_no_value(string name)
    {
        object value = ImpossibleValues()[name];
        foreach (Type declared in (Type[])[value.GetType(), typeof(object)])
        {
            Payload payload = TransferHarness.Write(value, declared);
            TransferException e = Assert.Throws<TransferException>(() => TransferHarness.Read(payload, declared));
            Assert.Matches("^The bytes are damaged: no [a-zA-Z.]+ is made of such bits", e.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_worker_takes_from_its_host_what_the_host_has(string name)
    {
        object value = ImpossibleValues()[name];
        Payload payload = TransferHarness.Write(value, value.GetType(), TypePolicy.TrustHost);
        Assert.IsType(value.GetType(), TransferHarness.Read(payload, value.GetType(), TypePolicy.TrustHost));
    }

    [Fact]
    public void The_first_and_the_last_of_each_type_are_values()
    {
        object[] values =
        [
            false, true, new[] { false, true }, decimal.MinValue, decimal.MaxValue, new decimal(1, 0, 0, true, 28), DateTime.MinValue,
            DateTime.MaxValue, Made<DateTime>(0, 0, 0, 0, 0, 0, 0, 0xC0), DateTimeOffset.MinValue, DateTimeOffset.MaxValue,
            new DateTimeOffset(1, 1, 1, 14, 0, 0, TimeSpan.FromHours(14)), new DateTimeOffset(9999, 12, 31, 9, 59, 0, TimeSpan.FromHours(-14)),
            DateOnly.MinValue, DateOnly.MaxValue, TimeOnly.MinValue, TimeOnly.MaxValue, new Rune(0), new Rune(0x10FFFF), new Rune('\uE000'),
            new Switches { Before = 1, Last = true }, new HoleFirst { On = true }, (1, true), new Optional { When = DateTime.MaxValue },
        ];
        foreach (object value in values)
        {
            Assert.Null(DeepEqual.Difference(value, TransferHarness.Copy(value)));
        }
    }

    [Fact]
    public void An_enum_takes_any_number() =>
        Assert.Equal((DayOfWeek)(-77), TransferHarness.Copy<object>((DayOfWeek)(-77)));

    [Fact]
    public void What_lies_between_fields_may_be_anything()
    {
        var value = default(Switches);
        MemoryMarshal.AsBytes(new Span<Switches>(ref value)).Fill(0xFF);
        value = value with { First = true, Inner = default, Many = default, Last = true };
        Assert.True(TransferHarness.Copy(value).First);
    }

    [Fact]
    public void A_field_that_others_overlap_takes_what_they_make_of_it()
    {
        var union = new Union { Number = 7 };
        Assert.Equal(7, TransferHarness.Copy(union).Number);
        Assert.Equal(7, TransferHarness.Copy(new[] { union })[0].Number);
    }

    [Fact]
    public void Framework_data_whose_fields_depend_on_each_other_is_checked_too()
    {
        byte[] version = TransferHarness.Write(new Version(1, 2), typeof(Version)).Inline;
        version[^16] = version[^13] = 0xFF;
        Assert.Throws<TransferException>(() => TransferHarness.Read(new Payload(version, []), typeof(Version)));
        byte[] color = TransferHarness.Write(Color.Tomato, typeof(Color)).Inline;
        color[^2] = 0xFF;
        Assert.Throws<TransferException>(() => TransferHarness.Read(new Payload(color, []), typeof(Color)));
    }

    private static Dictionary<string, object> ImpossibleValues()
    {
        var many = new bool[100_000];
        many[^1] = s_two;
        return new()
        {
            ["bool"] = s_two,
            ["bool[]"] = new[] { true, s_two },
            ["bool[] in a block"] = many,
            ["bool[,]"] = new[,] { { true, s_two } },
            ["List<bool>"] = new List<bool> { true, s_two },
            ["Memory<bool>"] = new Memory<bool>([s_two]),
            ["ImmutableArray<bool>"] = ImmutableArray.Create(s_two),
            ["(int, bool)"] = (1, s_two),
            ["(bool, bool)[]"] = new[] { (true, true), (true, s_two) },
            ["KeyValuePair<bool, string>"] = KeyValuePair.Create(s_two, "a"),
            ["class with a bool?"] = new Box<bool?> { Value = s_two },
            ["first of a struct"] = new Switches { First = s_two },
            ["last of a struct"] = new Switches { Last = s_two },
            ["inside of a struct"] = new Switches { Inner = new() { On = s_two } },
            ["in an inline array"] = Third(s_two),
            ["in a fixed buffer"] = Fixed(),
            ["in a nullable of a struct"] = new Optional { When = Made<DateTime>(0, 0, 0, 0, 0, 0, 0, 0x30) },
            ["HasValue of a nullable"] = OddNullable(),
            ["where nothing overlaps"] = new Explicit { Number = 1, On = s_two },
            ["decimal with bits that mean nothing"] = Made<decimal>(1),
            ["decimal of a scale of 29"] = Made<decimal>(0, 0, 29),
            ["DateTime"] = Made<DateTime>(0, 0, 0, 0, 0, 0, 0, 0x30),
            ["DateTime[]"] = new[] { DateTime.MaxValue, Made<DateTime>(0, 0, 0, 0, 0, 0, 0, 0x2C) },
            ["DateOnly"] = Made<DateOnly>(0xFF, 0xFF, 0xFF, 0xFF),
            ["DateOnly, late"] = Made<DateOnly>(0, 0, 0xFF),
            ["TimeOnly"] = Made<TimeOnly>(0, 0xC0, 0x69, 0x2A, 0xC9),
            ["Rune, surrogate"] = Made<Rune>(0, 0xD8),
            ["Rune, beyond"] = Made<Rune>(0, 0, 0x11),
            ["DateTimeOffset with an offset of days"] = WithOffset(6_000),
            ["DateTimeOffset before the first day"] = WithOffset(-60),
        };
    }

    private static T Made<T>(params byte[] bytes) where T : unmanaged
    {
        T value = default;
        bytes.CopyTo(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    private static Switches Third(bool value)
    {
        var switches = default(Switches);
        switches.Many[2] = value;
        return switches;
    }

    private static unsafe Buffered Fixed()
    {
        var buffered = new Buffered { Count = 3 };
        buffered.Flags[4] = s_two;
        return buffered;
    }

    private static Optional OddNullable()
    {
        Optional odd = default;
        MemoryMarshal.AsBytes(new Span<Optional>(ref odd))[Unsafe.SizeOf<Optional>() - Unsafe.SizeOf<DateTime?>()] = 2;
        return odd;
    }

    // The minutes are the one field beside the ticks.
    private static DateTimeOffset WithOffset(int minutes)
    {
        object box = default(DateTimeOffset);
        System.Reflection.FieldInfo field = typeof(DateTimeOffset)
            .GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)
            .Single(field => field.FieldType != typeof(DateTime));
        field.SetValue(box, Convert.ChangeType(minutes, field.FieldType, null));
        return (DateTimeOffset)box;
    }

    public struct Switches { public bool First; public long Before; public Inner Inner; public ThreeBools Many; public bool Last; }

    public struct Inner { public int Before; public bool On; }

    [InlineArray(3)]
    public struct ThreeBools { private bool _first; }

    public unsafe struct Buffered { public int Count; public fixed bool Flags[5]; }

    public struct Optional { public byte Before; public DateTime? When; }

    [StructLayout(LayoutKind.Explicit)]
    public struct Explicit { [FieldOffset(4)] public int Number; [FieldOffset(9)] public bool On; }

    [StructLayout(LayoutKind.Explicit)]
    public struct HoleFirst { [FieldOffset(8)] public bool On; }

    [StructLayout(LayoutKind.Explicit)]
    public struct Union { [FieldOffset(0)] public int Number; [FieldOffset(0)] public bool On; [FieldOffset(0)] public decimal Money; }
}
