using Brood.Transfer.Zoo;

namespace Brood.Transfer;

/// <summary>The zoo is worth as much as the comparer that judges it.</summary>
public class DeepEqualTests
{
    [Fact]
    public void It_sees_types_values_bits_shapes_and_comparers()
    {
        var shared = new Circle(1);
        foreach ((object left, object right) in new (object, object)[]
        {
            (1, 1L),
            (0.0, -0.0),
            (double.NaN, BitConverter.Int64BitsToDouble(0x7FF8_0000_DEAD_BEEF)),
            (1.0m, 1.00m),
            (new DateTime(1, DateTimeKind.Utc), new DateTime(1, DateTimeKind.Local)),
            (new Hidden(1, "a"), new Hidden(2, "a")),
            (new Shadowing(1, 2), new Shadowing(2, 2)),
            (new[] { shared, shared }, new[] { new Circle(1), new Circle(1) }),
            (new[] { new Circle(1), new Circle(1) }, new[] { shared, shared }),
            (new Dictionary<string, int>(), new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)),
            (new List<int> { 1 }, new List<int> { 2 }),
            (new NamedList { Title = "a" }, new NamedList { Title = "b" }),
            (new HashSet<int> { 1 }, new HashSet<int> { 2 }),
            (Array.CreateInstance(typeof(int), [1], [1]), Array.CreateInstance(typeof(int), [1], [2])),
            (new Memory<int>([1]), new Memory<int>([2])),
        })
        {
            Assert.NotNull(DeepEqual.Difference(left, right));
            Assert.Null(DeepEqual.Difference(left, left));
        }
    }
}
