using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Brood.Transfer.Zoo;

public enum Size : byte { Small = 1, Large = 200 }

[Flags]
public enum Wide : ulong { None = 0, Top = 1UL << 63 }

public readonly record struct Point3(int X, int Y, int Z);

public struct Padded { public byte First; public long Second; public bool Third; }

public struct Empty;

public record struct Named(string Name, int Value);

public readonly struct Sealed(string name, int value)
{
    public string Name { get; } = name;
    public readonly int Value = value;
}

public struct Nested { public Named Inner; public Point3 Place; public int? Maybe; }

[InlineArray(4)]
public struct Four { private int _first; }

[InlineArray(3)]
public struct ThreeNames { private string? _first; }

public sealed class WithNames { public ThreeNames Names; public int After; }

public interface IShape { double Area { get; } }

public record Circle(double Radius) : IShape { public double Area => Math.PI * Radius * Radius; }

public sealed record Ring(double Radius, double Hole) : Circle(Radius);

public readonly record struct Square(double Side) : IShape { public double Area => Side * Side; }

public abstract class Animal { public string? Name { get; init; } }

public class Dog : Animal { public required List<string> Tricks { get; init; } }

public sealed class Puppy : Dog { public int Weeks; }

public sealed record Customer(string Name, int Age, double Balance, DateTime Since)
{
    public List<string> Tags { get; init; } = [];
    public Dictionary<string, int> Scores { get; init; } = [];
}

public class Hidden
{
    private readonly int _secret;
    private readonly string? _word;

    public Hidden(int secret, string? word) => (_secret, _word) = (secret, word);

    public int Secret => _secret;
    public string? Word => _word;
}

public sealed class Shadowing(int secret, int own) : Hidden(secret, "base")
{
    private readonly int _secret = own;

    public int Own => _secret;
}

public sealed class Node { public int Value; public Node? Next; public Node? Previous { get; set; } }

public sealed class Tree : List<Tree> { public string Label { get; set; } = ""; }

public sealed class Graph { public List<Graph> Links { get; } = []; public object? Tag { get; set; } }

public sealed class NamedList : List<int> { public string? Title { get; set; } }

public sealed class NamedMap : Dictionary<string, int> { public NamedMap() : base(StringComparer.OrdinalIgnoreCase) { } public int Extra; }

public sealed class NamedSet : HashSet<string> { public string? Title; }

public sealed class Shelf : Collection<string> { public int Level { get; set; } }

public sealed class ByName : KeyedCollection<string, Customer> { protected override string GetKeyForItem(Customer item) => item.Name; }

public sealed class ByLength : IComparer<string>, IEqualityComparer<string>
{
    public int Factor { get; init; } = 1;

    public int Compare(string? x, string? y) => Factor * (x?.Length ?? 0).CompareTo(y?.Length ?? 0);
    public bool Equals(string? x, string? y) => x?.Length == y?.Length;
    public int GetHashCode(string obj) => obj.Length;
}

public sealed class Backwards : Comparer<int> { public override int Compare(int x, int y) => y.CompareTo(x); }

public sealed class Box<T> { public T? Value { get; set; } }

public class Outer<T> { public sealed class Inner<TOther> { public T? First { get; set; } public TOther? Second { get; set; } } }

public sealed class WithEvent { public event Action? Changed; public int Count; public void Raise() => Changed?.Invoke(); }

public sealed class Everything
{
    public object? Any { get; set; }
    public IShape? Shape { get; set; }
    public IEnumerable<int>? Numbers { get; set; }
    public int? Maybe { get; set; }
    public string? Text { get; set; }
    public Guid Id { get; set; }
    public Named Named { get; set; }
    public (string, int)[]? Pairs { get; set; }
}

public sealed class WithRequired { public required int Id { get; init; } public required string Name { get; init; } }

public class Primary(int seed, string name) { public int Twice => seed * 2; public string Name => name; }

public static partial class Patterns
{
    [GeneratedRegex("a(b+)", RegexOptions.IgnoreCase, 1_000)]
    public static partial Regex Bees();

    [GeneratedRegex("^[0-9]+$")]
    public static partial Regex Digits();
}
