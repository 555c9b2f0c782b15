using System.Collections.Immutable;
using Brood.Transfer.Zoo;
using CsCheck;

namespace Brood.Transfer;

public class RandomGraphTests
{
    private static readonly string?[] s_texts = ["", "a", "ž", "🥚", "\uD800", null, new('x', 20_000)];

    // CsCheck prints its own seed; the number that it found makes the graph.
    [Fact]
    public void Any_graph_of_objects_arrives_with_its_values_types_and_shape() =>
        Gen.Int.Sample(seed =>
        {
            object? graph = new Builder(seed).Value(6);
            foreach (TypePolicy policy in (TypePolicy[])[TypePolicy.Default, TypePolicy.TrustHost])
            {
                Payload payload = TransferHarness.Write(graph, typeof(object), policy);
                string? difference = DeepEqual.Difference(graph, TransferHarness.Read(payload, typeof(object), policy));
                Assert.True(difference is null, $"graph {seed}: {difference}");
            }
        }, iter: 2_000);

    [Fact]
    public void Arrays_of_numbers_of_any_length_arrive() =>
        Gen.Double.Array[0, 9_000].Sample(array => Assert.Null(DeepEqual.Difference(array, TransferHarness.Copy(array))), iter: 200);

    [Fact]
    public void Any_string_arrives_unit_by_unit() =>
        Gen.Char.Array[0, 300].Sample(chars => Assert.Equal(new string(chars), TransferHarness.Copy(new string(chars))), iter: 2_000);

    private sealed class Builder(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<object> _made = [];

        public object? Value(int depth)
        {
            if (depth > 0 && _made.Count > 0 && _random.Next(5) == 0)
            {
                return _made[_random.Next(_made.Count)];
            }
            return _random.Next(depth > 0 ? 18 : 8) switch
            {
                0 => null,
                1 => _random.Next(),
                2 => BitConverter.Int64BitsToDouble(_random.NextInt64()),
                3 => s_texts[_random.Next(s_texts.Length)],
                4 => new DateTime(_random.NextInt64(DateTime.MaxValue.Ticks), (DateTimeKind)_random.Next(3)),
                5 => new Point3(_random.Next(), 2, 3),
                6 => (Zoo.Size)_random.Next(256),
                7 => new Named(s_texts[_random.Next(5)]!, _random.Next()),
                8 => Fill(new Graph(), graph => graph.Tag = Value(depth - 1), graph => Links(graph, depth)),
                9 => Fill(new object?[_random.Next(4)], array => Each(array.Length, i => array[i] = Value(depth - 1))),
                10 => Fill(new List<object?>(), list => Each(_random.Next(4), _ => list.Add(Value(depth - 1)))),
                11 => Fill(new Dictionary<string, object?>(), map => Each(_random.Next(4), i => map[$"k{i}"] = Value(depth - 1))),
                12 => Fill(new Box<object> { Value = Value(depth - 1) }),
                13 => Fill(new Circle(_random.NextDouble())),
                14 => Fill(new Node { Value = _random.Next() }, node => node.Next = _made.OfType<Node>().LastOrDefault()),
                15 => (Value(depth - 1), _random.Next(), Value(depth - 1)),
                16 => Fill(new Stack<object?>(), stack => Each(_random.Next(3), _ => stack.Push(Value(depth - 1)))),
                _ => ImmutableArray.Create(_random.Next(), 2),
            };
        }

        private T Fill<T>(T value, params ReadOnlySpan<Action<T>> steps) where T : class
        {
            _made.Add(value);
            foreach (Action<T> step in steps)
            {
                step(value);
            }
            return value;
        }

        private void Links(Graph graph, int depth) => Each(_random.Next(3), _ =>
        {
            if (Value(depth - 1) is Graph other)
            {
                graph.Links.Add(other);
            }
        });

        private static void Each(int count, Action<int> action)
        {
            for (int i = 0; i < count; i++)
            {
                action(i);
            }
        }
    }
}
