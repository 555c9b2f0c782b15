using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Drawing;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Brood.Transfer.Zoo;

/// <summary>One value that must cross unchanged, both ways.</summary>
public sealed record ZooEntry(string Name, object? Value, Type Declared)
{
    public override string ToString() => Name;
}

/// <summary>At least one of every kind. Free of any test framework, so that other projects can link it.</summary>
public static class TransferZoo
{
    public static IReadOnlyList<ZooEntry> All { get; } = Build();

    private static List<ZooEntry> Build()
    {
        var zoo = new List<ZooEntry>();
        var add = new Adder(zoo);
        AddPrimitives(add);
        AddTexts(add);
        AddStructs(add);
        AddArrays(add);
        AddObjects(add);
        AddCollections(add);
        AddImmutable(add);
        AddFramework(add);
        AddShapes(add);
        add.Add("null string", default(string));
        add.Add("null object", default(object));
        return zoo;
    }

    private readonly struct Adder(List<ZooEntry> zoo)
    {
        public void Add<T>(string name, T value) => zoo.Add(new ZooEntry(name, value, typeof(T)));
    }

    private static void AddPrimitives(Adder add)
    {
        add.Add("bool", true);
        add.Add("byte", (byte)200);
        add.Add("sbyte", (sbyte)-100);
        add.Add("char", '\uD800');
        add.Add("short", short.MinValue);
        add.Add("ushort", ushort.MaxValue);
        add.Add("int", int.MinValue);
        add.Add("uint", uint.MaxValue);
        add.Add("long", long.MinValue);
        add.Add("ulong", ulong.MaxValue);
        add.Add("Int128", Int128.MinValue);
        add.Add("UInt128", UInt128.MaxValue);
        add.Add("Half", Half.Epsilon);
        add.Add("float NaN with payload", BitConverter.Int32BitsToSingle(0x7FC12345));
        add.Add("double", Math.PI);
        add.Add("double negative zero", -0.0);
        add.Add("double NaN with payload", BitConverter.Int64BitsToDouble(0x7FF8_0000_DEAD_BEEF));
        add.Add("double infinity", double.NegativeInfinity);
        add.Add("decimal with trailing zeros", 1.2300m);
        add.Add("decimal negative zero", -0.0m);
        add.Add("BigInteger", BigInteger.Pow(-7, 201));
        add.Add("BigInteger zero", BigInteger.Zero);
        add.Add("Complex", new Complex(1, -2));
        add.Add("Guid", new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        add.Add("DateTime UTC", new DateTime(2026, 11, 23, 1, 2, 3, DateTimeKind.Utc));
        add.Add("DateTime local", new DateTime(2026, 11, 23, 1, 2, 3, DateTimeKind.Local));
        add.Add("DateTime unspecified", DateTime.MaxValue);
        add.Add("DateTimeOffset", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(5.5)));
        add.Add("DateOnly", new DateOnly(2026, 11, 23));
        add.Add("TimeOnly", new TimeOnly(23, 59, 59, 999));
        add.Add("TimeSpan", TimeSpan.MinValue);
        add.Add("Index", ^3);
        add.Add("Range", 1..^2);
        add.Add("Rune", new Rune(0x1F95A));
        add.Add("enum of bytes", Size.Large);
        add.Add("enum without a name", (Size)77);
        add.Add("enum of ulongs", Wide.Top);
        add.Add("framework enum", DayOfWeek.Friday);
        add.Add("int?", (int?)5);
        add.Add("int? null", (int?)null);
        add.Add("Guid?", (Guid?)Guid.Empty);
        add.Add("enum?", (Size?)Size.Small);
    }

    private static void AddTexts(Adder add)
    {
        add.Add("empty string", "");
        add.Add("ASCII", "hello");
        add.Add("Latin-1", "žlutý kůň".Normalize() + " é ÿ");
        add.Add("narrow only", "é ÿ \u0000");
        add.Add("surrogate pair", "🥚");
        add.Add("unpaired surrogates", "a\uDC00b\uD800");
        add.Add("long narrow string", new string('x', 100_000));
        add.Add("long wide string", new string('ж', 20_000));
        add.Add("strings", new[] { "a", null, "", "ж" });
        add.Add("StringBuilder", new StringBuilder(16, 1_000).Append("abc"));
        add.Add("string as object", (object)"text");
        add.Add("string as IComparable", (IComparable)"text");
        add.Add("string as IEnumerable<char>", (IEnumerable<char>)"text");
    }

    private static void AddStructs(Adder add)
    {
        add.Add("blittable record struct", new Point3(1, 2, 3));
        add.Add("struct with padding", new Padded { First = 1, Second = 2, Third = true });
        add.Add("empty struct", new Empty());
        add.Add("struct with a string", new Named("n", 1));
        add.Add("readonly struct with a string", new Sealed("s", 2));
        add.Add("nested struct", new Nested { Inner = new Named("n", 1), Place = new(1, 2, 3), Maybe = 4 });
        add.Add("nullable struct", (Named?)new Named("n", 1));
        add.Add("nullable struct, null", (Named?)null);
        var four = new Four();
        four[3] = 9;
        add.Add("inline array", four);
        var names = new ThreeNames();
        (names[0], names[2]) = ("a", "c");
        add.Add("inline array of strings", names);
        add.Add("inline array in a class", new WithNames { Names = names, After = 1 });
        add.Add("struct as interface", (IShape)new Square(2));
        add.Add("struct as object", (object)new Point3(1, 2, 3));
        add.Add("ValueTuple of 2", (1, 2));
        add.Add("ValueTuple with strings", ("a", 1, (string?)null));
        add.Add("ValueTuple of 9", (1, "2", 3.0, '4', 5L, (byte)6, 7m, "8", 9));
        add.Add("ValueTuple of 0", ValueTuple.Create());
        add.Add("Tuple of 1", Tuple.Create("one"));
        add.Add("Tuple of 3", Tuple.Create(1, "two", 3.0));
        add.Add("Tuple of 8", Tuple.Create(1, 2, 3, 4, 5, 6, 7, "8"));
        add.Add("KeyValuePair", new KeyValuePair<string, int>("k", 1));
        add.Add("KeyValuePair raw", new KeyValuePair<int, long>(1, 2));
        add.Add("DictionaryEntry", new DictionaryEntry("k", 2));
        add.Add("Vector2", new Vector2(1, 2));
        add.Add("Vector3", new Vector3(1, 2, 3));
        add.Add("Vector4", new Vector4(1, 2, 3, 4));
        add.Add("Matrix3x2", Matrix3x2.CreateScale(2));
        add.Add("Matrix4x4", Matrix4x4.CreateRotationX(1));
        add.Add("Plane", new Plane(1, 2, 3, 4));
        add.Add("Quaternion", Quaternion.Identity);
        add.Add("Point", new Point(1, 2));
        add.Add("Rectangle", new Rectangle(1, 2, 3, 4));
        add.Add("Color", Color.FromArgb(1, 2, 3));
        add.Add("known Color", Color.Tomato);
    }

    private static void AddArrays(Adder add)
    {
        add.Add("int[]", new[] { 1, 2, 3 });
        add.Add("empty int[]", Array.Empty<int>());
        add.Add("null int[]", (int[]?)null);
        add.Add("large double[]", Enumerable.Range(0, 50_000).Select(i => i / 7.0).ToArray());
        add.Add("bool[]", new[] { true, false });
        add.Add("struct[]", new[] { new Point3(1, 2, 3), default });
        add.Add("struct with strings[]", new[] { new Named("a", 1), default });
        add.Add("int?[]", new int?[] { 1, null });
        add.Add("DateTime[]", new[] { DateTime.MinValue, DateTime.UnixEpoch });
        add.Add("jagged", new int[][] { [1], [], null!, [2, 3] });
        add.Add("two dimensions", new[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        add.Add("three dimensions of strings", new[, ,] { { { "a", null }, { "b", "c" } } });
        add.Add("two dimensions, none long", new int[0, 5]);
        Array bounds = Array.CreateInstance(typeof(int), [2, 2], [-1, 5]);
        bounds.SetValue(7, -1, 6);
        add.Add("lower bounds", (object)bounds);
        Array one = Array.CreateInstance(typeof(string), [2], [10]);
        one.SetValue("x", 11);
        add.Add("one dimension with a lower bound", (object)one);
        add.Add("object[]", new object?[] { 1, "two", 3.0, null, new[] { 4 } });
        add.Add("array as object", (object)new long[] { 1 });
        add.Add("covariant array", (object[])new string[] { "a" });
        add.Add("array as IReadOnlyList", (IReadOnlyList<int>)new[] { 1, 2 });
        add.Add("array as Array", (Array)new[] { 1, 2 });
        add.Add("Memory", new Memory<int>([1, 2, 3, 4], 1, 2));
        add.Add("ReadOnlyMemory of strings", new ReadOnlyMemory<string>(["a", "b"]));
        add.Add("ReadOnlyMemory of a string", "hello".AsMemory(1, 3));
        add.Add("large Memory", new Memory<long>(new long[10_000], 100, 9_000));
        add.Add("ArraySegment", new ArraySegment<int>([1, 2, 3, 4], 0, 4));
        add.Add("ReadOnlySequence", new ReadOnlySequence<int>([1, 2, 3, 4], 1, 2));
        add.Add("ReadOnlySequence of several", Sequence(["a", "b"], [], ["c"]));
        add.Add("default ReadOnlySequence", default(ReadOnlySequence<byte>));
        add.Add("empty ReadOnlySequence", ReadOnlySequence<byte>.Empty);
        add.Add("default ArraySegment", default(ArraySegment<int>));
        add.Add("BitArray", new BitArray([true, false, true, true, false, true, false, true, true]));
    }

    private static ReadOnlySequence<T> Sequence<T>(params T[][] parts)
    {
        var first = new Segment<T>(parts[0], 0);
        Segment<T> last = first;
        foreach (T[] part in parts[1..])
        {
            last = last.Append(part);
        }
        return new ReadOnlySequence<T>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment<T> : ReadOnlySequenceSegment<T>
    {
        public Segment(T[] items, long start) => (Memory, RunningIndex) = (items, start);

        public Segment<T> Append(T[] items)
        {
            var next = new Segment<T>(items, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    private static void AddObjects(Adder add)
    {
        add.Add("record", new Customer("Ada", 36, 1.5, DateTime.UnixEpoch) { Tags = ["x"], Scores = { ["a"] = 1 } });
        add.Add("record as object", (object)new Circle(2));
        add.Add("derived record as its base", (Circle)new Ring(3, 1));
        add.Add("record as interface", (IShape)new Ring(3, 1));
        add.Add("abstract class", (Animal)new Dog { Name = "Rex", Tricks = ["sit"] });
        add.Add("twice derived", (Animal)new Puppy { Name = "Pip", Tricks = [], Weeks = 6 });
        add.Add("private state", new Hidden(42, "w"));
        add.Add("two fields of one name", new Shadowing(1, 2));
        add.Add("primary constructor", new Primary(21, "p"));
        add.Add("required and init", new WithRequired { Id = 1, Name = "n" });
        add.Add("anonymous", new { A = 1, B = "two", C = new { D = 3.0 } });
        add.Add("generic class", new Box<List<int?>> { Value = [1, null] });
        add.Add("nested generic class", new Outer<int>.Inner<string> { First = 1, Second = "s" });
        add.Add("nested generic class as object", (object)new Outer<Point3>.Inner<Box<int>> { Second = new() { Value = 3 } });
        add.Add("event without handlers", new WithEvent { Count = 3 });
        add.Add("plain object", new object());
        add.Add("everything", new Everything
        {
            Any = new Dictionary<string, object?> { ["k"] = 1.5 }, Shape = new Square(3), Numbers = [1, 2], Maybe = 3,
            Text = "t", Id = Guid.Empty, Named = new("n", 1), Pairs = [("a", 1)],
        });
        add.Add("collection expression as IReadOnlyList", (IReadOnlyList<int>)[1, 2, 3]);
        add.Add("collection expression as IEnumerable", (IEnumerable<string>)["a"]);
        add.Add("comparer of the application", new ByLength { Factor = -1 });
        add.Add("derived from Comparer", (IComparer<int>)new Backwards());
        add.Add("Lazy, made", MadeLazy());
        add.Add("Type", typeof(Customer));
        add.Add("Type, generic", typeof(Dictionary<string, Point3[]>));
        add.Add("Type, open generic", typeof(Dictionary<,>));
    }

    private static Lazy<string> MadeLazy()
    {
        var lazy = new Lazy<string>(() => "made");
        _ = lazy.Value;
        return lazy;
    }

    private static void AddCollections(Adder add)
    {
        add.Add("List of ints", new List<int> { 1, 2, 3 });
        add.Add("empty List", new List<string>());
        add.Add("List of records", new List<Circle> { new(1), new Ring(2, 1) });
        add.Add("List of lists", new List<List<int>> { new() { 1 }, new() });
        add.Add("large List", Enumerable.Range(0, 20_000).ToList());
        add.Add("List as IEnumerable", (IEnumerable<int>)new List<int> { 1 });
        add.Add("Dictionary", new Dictionary<string, int> { ["b"] = 1, ["a"] = 2 });
        add.Add("Dictionary ignoring case", new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["B"] = 1 });
        add.Add("Dictionary, ordinal by name", new Dictionary<string, int>(StringComparer.Ordinal) { ["B"] = 1 });
        add.Add("Dictionary, culture", new Dictionary<string, int>(StringComparer.Create(new CultureInfo("de-DE"), true)) { ["ß"] = 1 });
        add.Add("Dictionary, own comparer", new Dictionary<string, int>(new ByLength()) { ["four"] = 1, ["three"] = 2 });
        add.Add("Dictionary, records as keys", new Dictionary<Circle, string> { [new(1)] = "a", [new Ring(1, 1)] = "b" });
        add.Add("Dictionary by reference", new Dictionary<object, int>(ReferenceEqualityComparer.Instance) { [new Circle(1)] = 1 });
        add.Add("Dictionary as IDictionary", (IDictionary<int, string>)new Dictionary<int, string> { [1] = "a" });
        add.Add("HashSet", new HashSet<int> { 3, 1, 2 });
        add.Add("HashSet ignoring case", new HashSet<string>(StringComparer.InvariantCultureIgnoreCase) { "A", "b" });
        add.Add("SortedSet", new SortedSet<string>(new ByLength()) { "ccc", "a", "bb" });
        add.Add("SortedSet, derived comparer", new SortedSet<int>(new Backwards()) { 1, 2, 3 });
        add.Add("SortedDictionary", new SortedDictionary<string, int>(StringComparer.Ordinal) { ["b"] = 1, ["B"] = 2 });
        add.Add("SortedList", new SortedList<int, string> { [2] = "b", [1] = "a" });
        add.Add("OrderedDictionary", new OrderedDictionary<string, int> { ["z"] = 1, ["a"] = 2 });
        add.Add("LinkedList", new LinkedList<string>(["a", "b"]));
        add.Add("Queue", new Queue<int>([1, 2, 3]));
        add.Add("Stack", new Stack<int>([1, 2, 3]));
        add.Add("PriorityQueue", new PriorityQueue<string, int>([("a", 3), ("b", 1), ("c", 2)], new Backwards()));
        add.Add("ConcurrentDictionary", new ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 });
        add.Add("ConcurrentQueue", new ConcurrentQueue<int>([1, 2]));
        add.Add("ConcurrentStack", new ConcurrentStack<int>([1, 2]));
        add.Add("ConcurrentBag", new ConcurrentBag<int>([1, 2]));
        add.Add("Collection", new Collection<int> { 1, 2 });
        add.Add("ObservableCollection", new ObservableCollection<string> { "a" });
        add.Add("ReadOnlyCollection", new ReadOnlyCollection<int>(new List<int> { 1 }));
        add.Add("ReadOnlyDictionary", new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 1 }));
        add.Add("ReadOnlySet", new ReadOnlySet<int>(new HashSet<int> { 1 }));
        add.Add("ArrayList", new ArrayList { 1, "two", null });
        add.Add("Hashtable", new Hashtable { ["a"] = 1, [2] = "b" });
        add.Add("NameValueCollection", new NameValueCollection { { "a", "1" }, { "A", "2" }, { "b", null } });
        add.Add("Queue without a type", new Queue(new object?[] { 1, "two", null }));
        add.Add("Stack without a type", new Stack(new object?[] { 1, "two", null }));
        add.Add("SortedList without a type", new SortedList { ["b"] = 1, ["a"] = null });
        add.Add("SortedList without a type, comparer", new SortedList(StringComparer.Ordinal) { ["b"] = 1, ["B"] = 2 });
        add.Add("ListDictionary", new ListDictionary { ["b"] = 1, [2] = "a" });
        add.Add("ListDictionary, comparer", new ListDictionary(new Comparer(new CultureInfo("cs-CZ"))) { ["b"] = 1 });
        add.Add("HybridDictionary", new HybridDictionary(caseInsensitive: true) { ["b"] = 1 });
        add.Add("OrderedDictionary without types", new OrderedDictionary(StringComparer.OrdinalIgnoreCase) { ["b"] = 1, ["a"] = 2 });
        add.Add("OrderedDictionary, read only", new OrderedDictionary { ["b"] = 1 }.AsReadOnly());
        add.Add("StringCollection", new StringCollection { "a", null });
        add.Add("StringDictionary", new StringDictionary { ["A"] = "b" });
        add.Add("list with a title", new NamedList { 1, 2 });
        add.Add("list with a title, set", Titled());
        add.Add("map with more", new NamedMap { ["Key"] = 1 });
        add.Add("set with a title", new NamedSet { "a" });
        add.Add("collection with more", new Shelf { "a", "b" });
        add.Add("keyed collection", new ByName { new Customer("Ada", 1, 2, default) });
    }

    private static NamedList Titled() => new() { Title = "t" };

    private static void AddImmutable(Adder add)
    {
        add.Add("ImmutableArray", ImmutableArray.Create(1, 2, 3));
        add.Add("ImmutableArray of strings", ImmutableArray.Create("a", "b"));
        add.Add("default ImmutableArray", default(ImmutableArray<int>));
        add.Add("empty ImmutableArray", ImmutableArray<string>.Empty);
        add.Add("ImmutableArray as object", (object)ImmutableArray.Create(1));
        add.Add("ImmutableList", ImmutableList.Create("a", "b"));
        add.Add("ImmutableDictionary", ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase).Add("A", 1));
        add.Add("ImmutableHashSet", ImmutableHashSet.Create(StringComparer.Ordinal, "a", "A"));
        add.Add("ImmutableSortedSet", ImmutableSortedSet.Create(new Backwards(), 1, 2, 3));
        add.Add("ImmutableSortedDictionary", ImmutableSortedDictionary.Create<string, int>().Add("b", 1).Add("a", 2));
        add.Add("ImmutableQueue", ImmutableQueue.Create(1, 2, 3));
        add.Add("ImmutableStack", ImmutableStack.Create(1, 2, 3));
        add.Add("FrozenSet of ints", new[] { 1, 2, 3 }.ToFrozenSet());
        add.Add("FrozenSet of strings", new[] { "a", "b" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase));
        add.Add("FrozenDictionary", new Dictionary<string, int> { ["a"] = 1, ["bb"] = 2 }.ToFrozenDictionary());
        add.Add("empty FrozenSet", FrozenSet<int>.Empty);
        add.Add("FrozenSet as object", (object)new[] { 1, 2, 3 }.ToFrozenSet());
    }

    private static void AddFramework(Adder add)
    {
        add.Add("Uri", new Uri("https://example.org/a b?q=1#f"));
        add.Add("relative Uri", new Uri("../x", UriKind.Relative));
        add.Add("Version", new Version(1, 2, 3));
        add.Add("CultureInfo", CultureInfo.GetCultureInfo("cs-CZ"));
        add.Add("CultureInfo, own", new CultureInfo("fr-FR"));
        add.Add("invariant culture", CultureInfo.InvariantCulture);
        add.Add("TimeZoneInfo UTC", TimeZoneInfo.Utc);
        add.Add("TimeZoneInfo", TimeZoneInfo.FindSystemTimeZoneById("Europe/Prague"));
        add.Add("own TimeZoneInfo", TimeZoneInfo.CreateCustomTimeZone("Own", TimeSpan.FromMinutes(90), "Own", "Own"));
        add.Add("Regex", new Regex("a(b+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(3)));
        add.Add("generated Regex", Patterns.Bees());
        add.Add("generated Regex as object", (object)Patterns.Digits());
        add.Add("IPv4 address", IPAddress.Parse("192.168.1.2"));
        add.Add("IPv6 address", IPAddress.Parse("fe80::1%3"));
        add.Add("loopback", IPAddress.Loopback);
        add.Add("IPEndPoint", new IPEndPoint(IPAddress.Loopback, 80));
        add.Add("UTF-8", Encoding.UTF8);
        add.Add("UTF-8, strict", new UTF8Encoding(false, true));
        add.Add("UTF-16 big endian", new UnicodeEncoding(true, true));
        add.Add("ASCII encoding", Encoding.ASCII);
        add.Add("DBNull", (object)DBNull.Value);
        add.Add("JsonElement", JsonDocument.Parse("""{"a":[1,2.50,null],"b":"é"}""").RootElement);
        add.Add("default JsonElement", default(JsonElement));
        add.Add("JsonDocument", JsonDocument.Parse("[1]"));
        add.Add("JsonNode", JsonNode.Parse("""{"a":[1,true]}""")!);
        add.Add("JsonObject", new JsonObject { ["x"] = 1 });
        add.Add("FileInfo", new FileInfo("some/file.txt"));
        add.Add("DirectoryInfo", new DirectoryInfo("some"));
        add.Add("StringComparer", StringComparer.OrdinalIgnoreCase);
        add.Add("culture StringComparer", StringComparer.InvariantCulture);
        add.Add("EqualityComparer", (object)EqualityComparer<int>.Default);
        add.Add("Comparer", (IComparer<string>)Comparer<string>.Default);
        add.Add("CancellationToken, none", CancellationToken.None);
        add.Add("HttpStatusCode as object", (object)HttpStatusCode.NotFound);
    }

    private static void AddShapes(Adder add)
    {
        var self = new Node { Value = 1 };
        self.Next = self;
        add.Add("object that refers to itself", self);
        Node? list = null;
        for (int i = 0; i < 5_000; i++)
        {
            list = new Node { Value = i, Next = list };
            list.Next?.Previous = list;
        }
        add.Add("long linked nodes", list);
        var shared = new Circle(1);
        add.Add("shared record", new[] { shared, shared });
        add.Add("shared array", Tuple.Create(s_numbers, s_numbers));
        var root = new Graph();
        root.Links.Add(root);
        root.Tag = root.Links;
        add.Add("list inside what refers to it", root);
        var array = new object[2];
        array[0] = array;
        array[1] = new List<object> { array };
        add.Add("array inside itself", array);
        var map = new Dictionary<string, object>();
        map["self"] = map;
        add.Add("map inside itself", map);
        var keyed = new Graph();
        keyed.Tag = new Dictionary<Graph, int> { [keyed] = 1 };
        add.Add("object as key of its own map", keyed);
        add.Add("tree of lists", new Tree { new Tree { Label = "child" }, new Tree() });
        add.Add("shared key", new object[] { shared, new HashSet<Circle> { shared, new(2) } });
        object? deep = null;
        for (int i = 0; i < 200; i++)
        {
            deep = new object?[] { deep };
        }
        add.Add("200 levels", deep);
    }

    private static readonly int[] s_numbers = [1, 2, 3];
}
