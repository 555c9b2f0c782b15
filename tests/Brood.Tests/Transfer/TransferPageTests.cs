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
using System.Net.Sockets;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Brood.Transfer.Zoo;
using Microsoft.Win32.SafeHandles;

namespace Brood.Transfer;

/// <summary>Holds the tables of docs/transfer.md to what the codecs do.</summary>
public class TransferPageTests
{
    [Fact]
    public void What_the_page_says_crosses_does()
    {
        Dictionary<string, object> samples = Crossing();
        AssertSameNames("crosses", samples.Keys);
        foreach ((string name, object value) in samples)
        {
            string? difference = DeepEqual.Difference(value, TransferHarness.Copy(value));
            Assert.True(difference is null, $"{name}: {difference}");
        }
    }

    [Fact]
    public void What_the_page_says_is_refused_is()
    {
        Dictionary<string, object> samples = Staying();
        AssertSameNames("refused", samples.Keys);
        foreach ((string name, object value) in samples)
        {
            Exception? e = Record.Exception(() => TransferHarness.Write(value, typeof(object), TypePolicy.TrustHost));
            Assert.True(e is TransferException, $"{name}: {e?.ToString() ?? "it crossed"}");
        }
    }

    [Fact]
    public void The_limits_on_the_page_are_those_in_the_code()
    {
        string page = File.ReadAllText(Page());
        Assert.Contains($"| Nesting of values | {TransferLimits.MaxDepth} levels;", page);
        Assert.Contains($"| One payload | {TransferLimits.MaxInlineBytes >> 30} GiB,", page);
        Assert.Contains($"| Nesting of type arguments in a result | {TransferLimits.MaxTypeDepth} |", page);
        Assert.Contains($"| Comparisons of keys that collide in a result | {TransferLimits.MaxKeyComparisons:N0} |", page);
        Assert.Contains($"| Parts of a key in a result | {TransferLimits.MaxKeyParts:N0} |", page);
        Assert.Contains($"| Different constructed types that workers name | {TransferLimits.MaxForeignTypes:N0} |", page);
    }

    private static void AssertSameNames(string table, IEnumerable<string> names)
    {
        string page = File.ReadAllText(Page());
        int start = page.IndexOf($"<!-- table: {table} -->", StringComparison.Ordinal);
        int end = page.IndexOf("<!-- end -->", start, StringComparison.Ordinal);
        List<string> listed = [];
        foreach (string line in page[start..end].Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            string cell = line.Split('|')[1];
            listed.AddRange(Regex.Matches(cell, "`([^`]+)`").Select(match => match.Groups[1].Value));
        }
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string Page([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "transfer.md");

    private static Dictionary<string, object> Crossing() => new()
    {
        ["bool"] = true, ["int"] = 1, ["Int128"] = Int128.MaxValue, ["double"] = -0.0, ["Half"] = Half.NaN, ["decimal"] = 1.50m,
        ["char"] = '\uD800', ["DayOfWeek"] = DayOfWeek.Friday, ["Guid"] = Guid.Empty, ["DateTime"] = DateTime.UnixEpoch,
        ["DateTimeOffset"] = DateTimeOffset.UnixEpoch, ["DateOnly"] = DateOnly.MaxValue, ["TimeOnly"] = TimeOnly.MaxValue,
        ["TimeSpan"] = TimeSpan.MinValue, ["Index"] = ^1, ["Range"] = 1..^1, ["Rune"] = new Rune('a'), ["Complex"] = Complex.ImaginaryOne,
        ["BigInteger"] = BigInteger.Pow(3, 99), ["Vector3"] = Vector3.One, ["Matrix4x4"] = Matrix4x4.Identity, ["Point"] = new Point(1, 2),
        ["Color"] = Color.Tomato, ["int?"] = new Box<int?> { Value = 1 }, ["(int, string)"] = (1, "a"),
        ["Tuple<int, string>"] = Tuple.Create(1, "a"), ["KeyValuePair<string, int>"] = KeyValuePair.Create("a", 1),
        ["string"] = "\uD800", ["StringBuilder"] = new StringBuilder("a"), ["struct"] = new Padded { First = 1 },
        ["class"] = new Hidden(1, "a"), ["record"] = new Ring(1, 2), ["anonymous type"] = new { A = 1 },
        ["generic class"] = new Box<string> { Value = "a" }, ["int[]"] = new[] { 1 }, ["int[,]"] = new int[1, 2], ["int[][]"] = new int[][] { [1] },
        ["array with lower bounds"] = Array.CreateInstance(typeof(int), [2], [3]), ["Memory<int>"] = new Memory<int>([1, 2], 1, 1),
        ["ReadOnlyMemory<int>"] = new ReadOnlyMemory<int>([1]), ["ReadOnlySequence<int>"] = new ReadOnlySequence<int>([1, 2], 1, 1),
        ["ArraySegment<int>"] = new ArraySegment<int>([1]),
        ["ImmutableArray<int>"] = ImmutableArray.Create(1), ["List<int>"] = new List<int> { 1 }, ["LinkedList<int>"] = new LinkedList<int>([1]),
        ["Queue<int>"] = new Queue<int>([1]), ["Stack<int>"] = new Stack<int>([1, 2]),
        ["PriorityQueue<string, int>"] = new PriorityQueue<string, int>([("a", 1)]), ["BitArray"] = new BitArray(3), ["ArrayList"] = new ArrayList { 1 },
        ["Dictionary<string, int>"] = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 },
        ["HashSet<int>"] = new HashSet<int> { 1 }, ["SortedDictionary<string, int>"] = new SortedDictionary<string, int> { ["a"] = 1 },
        ["SortedList<string, int>"] = new SortedList<string, int> { ["a"] = 1 }, ["SortedSet<int>"] = new SortedSet<int> { 1 },
        ["OrderedDictionary<string, int>"] = new OrderedDictionary<string, int> { ["a"] = 1 }, ["Hashtable"] = new Hashtable { [1] = 2 },
        ["Queue"] = new Queue(new[] { 1 }), ["Stack"] = new Stack(new[] { 1 }), ["SortedList"] = new SortedList { [1] = 2 },
        ["ListDictionary"] = new ListDictionary { [1] = 2 }, ["HybridDictionary"] = new HybridDictionary { [1] = 2 },
        ["OrderedDictionary"] = new OrderedDictionary { ["a"] = 2 }, ["StringCollection"] = new StringCollection { "a" },
        ["StringDictionary"] = new StringDictionary { ["a"] = "b" }, ["NameValueCollection"] = new NameValueCollection { { "a", "b" } },
        ["ConcurrentDictionary<string, int>"] = new ConcurrentDictionary<string, int> { ["a"] = 1 },
        ["ConcurrentQueue<int>"] = new ConcurrentQueue<int>([1]), ["ConcurrentStack<int>"] = new ConcurrentStack<int>([1]),
        ["ConcurrentBag<int>"] = new ConcurrentBag<int>([1]), ["ImmutableList<int>"] = ImmutableList.Create(1),
        ["ImmutableDictionary<string, int>"] = ImmutableDictionary.Create<string, int>().Add("a", 1),
        ["ImmutableHashSet<int>"] = ImmutableHashSet.Create(1), ["ImmutableSortedSet<int>"] = ImmutableSortedSet.Create(1),
        ["ImmutableSortedDictionary<string, int>"] = ImmutableSortedDictionary.Create<string, int>().Add("a", 1),
        ["ImmutableQueue<int>"] = ImmutableQueue.Create(1), ["ImmutableStack<int>"] = ImmutableStack.Create(1),
        ["FrozenSet<int>"] = new[] { 1 }.ToFrozenSet(), ["FrozenDictionary<string, int>"] = new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary(),
        ["Collection<int>"] = new Collection<int> { 1 }, ["ObservableCollection<int>"] = new ObservableCollection<int> { 1 },
        ["ReadOnlyCollection<int>"] = new ReadOnlyCollection<int>([1]),
        ["ReadOnlyDictionary<string, int>"] = new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 1 }),
        ["ReadOnlySet<int>"] = new ReadOnlySet<int>(new HashSet<int> { 1 }), ["KeyedCollection"] = new ByName { new("a", 1, 2, default) },
        ["class derived from List<int>"] = new NamedList { 1 }, ["collection expression"] = (IReadOnlyList<int>)[1, 2],
        ["Uri"] = new Uri("http://a/b"), ["Version"] = new Version(1, 2), ["Regex"] = new Regex("a"), ["[GeneratedRegex]"] = Patterns.Digits(), ["IPAddress"] = IPAddress.Parse("1.2.3.4"),
        ["IPEndPoint"] = new IPEndPoint(IPAddress.Any, 1), ["DBNull"] = DBNull.Value, ["CultureInfo"] = new CultureInfo("de-DE"),
        ["TimeZoneInfo"] = TimeZoneInfo.Utc, ["Encoding"] = Encoding.UTF8, ["JsonElement"] = JsonDocument.Parse("1").RootElement,
        ["JsonDocument"] = JsonDocument.Parse("[]"), ["JsonNode"] = JsonNode.Parse("{}")!, ["Type"] = typeof(List<Circle>),
        ["FileInfo"] = new FileInfo("a"), ["DirectoryInfo"] = new DirectoryInfo("a"), ["StringComparer"] = StringComparer.OrdinalIgnoreCase,
        ["own comparer"] = new ByLength(), ["EqualityComparer<int>"] = EqualityComparer<int>.Default, ["Lazy<int>"] = new Lazy<int>(1),
        ["empty CancellationToken"] = CancellationToken.None,
    };

    private static Dictionary<string, object> Staying() => new()
    {
        ["Stream"] = new MemoryStream(), ["FileStream"] = File.OpenRead(Page()), ["SafeHandle"] = new SafeFileHandle(), ["nint"] = (nint)0,
        ["GCHandle"] = default(GCHandle), ["struct with a pointer"] = new RefusalTests.WithPointer(),
        ["Socket"] = new Socket(SocketType.Stream, ProtocolType.Tcp), ["HttpClient"] = new HttpClient(),
        ["DbConnection"] = new RefusalTests.Connection(), ["Process"] = System.Diagnostics.Process.GetCurrentProcess(),
        ["Thread"] = Thread.CurrentThread, ["Timer"] = new Timer(_ => { }), ["SemaphoreSlim"] = new SemaphoreSlim(1),
        ["Lock"] = Activator.CreateInstance(typeof(Lock))!, ["ManualResetEvent"] = new ManualResetEvent(false), ["SpinLock"] = default(SpinLock),
        ["Task"] = Task.CompletedTask, ["ValueTask"] = ValueTask.CompletedTask, ["CancellationTokenSource"] = new CancellationTokenSource(),
        ["Progress<int>"] = new Progress<int>(), ["iterator"] = Iterate(), ["Dictionary<string, int>.KeyCollection"] = new Dictionary<string, int>().Keys, ["LINQ query"] = new[] { 1 }.Where(i => i > 0),
        ["IQueryable<int>"] = new[] { 1 }.AsQueryable(), ["Lazy<int> not made"] = new Lazy<int>(() => 1), ["WeakReference"] = new WeakReference(null),
        ["AsyncLocal<int>"] = new AsyncLocal<int>(), ["IServiceProvider"] = new Provider(), ["MethodInfo"] = typeof(int).GetMethods()[0],
        ["comparer made of a delegate"] = Comparer<int>.Create((a, b) => a - b), ["class with a finalizer"] = new RefusalTests.Owner(),
        ["class derived from Random"] = new RefusalTests.OwnRandom(), ["class derived from Regex"] = new OwnRegex(), ["Random"] = new Random(1), ["DataTable"] = new System.Data.DataTable(),
    };

    private static IEnumerable<int> Iterate()
    {
        yield return 1;
    }

    private sealed class OwnRegex() : Regex("a");

    private sealed class Provider : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
