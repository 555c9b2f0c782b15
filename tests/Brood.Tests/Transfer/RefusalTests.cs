using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Brood.Transfer;

public class RefusalTests
{
    [Fact]
    public void Handles_of_this_process_are_refused_by_name()
    {
        using var stream = new MemoryStream();
        using var handle = File.OpenHandle(typeof(RefusalTests).Assembly.Location);
        using var source = new CancellationTokenSource();
        using var signal = new ManualResetEvent(false);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var client = new HttpClient();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        foreach ((object value, string advice) in new (object, string)[]
        {
            (stream, "Pass the path"),
            (handle, "WorkerOptions.Initialize"),
            (source, "Pass its Token"),
            (signal, "Await"),
            (socket, "WorkerOptions.Initialize"),
            (client, "WorkerOptions.Initialize"),
            (process, "Pass its id"),
            (Thread.CurrentThread, "inside the function"),
            (Task.CompletedTask, "Await it"),
            (new SemaphoreSlim(1), "inside the function"),
            (new ReaderWriterLockSlim(), "inside the function"),
            (Activator.CreateInstance(typeof(Lock))!, "inside the function"),
            (new WeakReference(this), "Pass its target"),
            (new ThreadLocal<int>(), "inside the function"),
            (new AsyncLocal<int>(), "inside the function"),
            (new Progress<int>(), "Declare the parameter as IProgress<T>"),
            (typeof(string).GetMethods()[0], "Pass a Type"),
            (new Lazy<int>(() => 1), "Use its Value"),
            (Iterate(), "ToList()"),
            (new[] { 1 }.Select(i => i + 1), "ToList()"),
            (new[] { 1 }.AsQueryable(), "ToList()"),
            (Enumerable.Range(0, 3).GetEnumerator(), "ToList()"),
            (new Timer(_ => { }), "inside the function"),
            (new Dictionary<string, int>().Keys, "ToList()"),
            (new LinkedList<int>([1]).First!, "pass the collection"),
            (new Connection(), "WorkerOptions.Initialize"),
            (new System.Data.DataTable(), "Pass"),
            (new Random(1), "Pass the data"),
            (Comparer<int>.Create((a, b) => a - b), "Write a class"),
            (EqualityComparer<int>.Create((a, b) => a == b), "Write a class"),
        })
        {
            TransferException e = TransferHarness.Refused(value);
            Assert.Contains(advice, e.Message);
            Assert.Contains(TypeNames.Display(value.GetType()), e.Message);
        }
    }

    [Fact]
    public void A_nested_generic_class_is_named_with_its_arguments() => Assert.Contains(
        "System.Collections.Generic.Dictionary<System.String, System.Int32>.KeyCollection",
        TransferHarness.Refused(new Dictionary<string, int>().Keys).Message);

    [Fact]
    public void A_type_that_the_reader_would_not_look_up_is_refused_where_it_is_sent()
    {
        Assert.Contains("System.IO.Stream", TransferHarness.Refused<Type[]>([typeof(Stream)]).Message);
        Assert.StartsWith("Type[][1]", TransferHarness.Refused<Type[]>([typeof(int), typeof(Stream)]).Message);
        Assert.Equal(typeof(Stream), TransferHarness.CopyTrusted(typeof(Stream)));
        foreach (Type type in (Type[])[typeof(int*), typeof(int).MakeByRefType()])
        {
            Assert.Contains("no name", TransferHarness.Refused(type, TypePolicy.TrustHost).Message);
        }
    }

    [Fact]
    public void Structs_that_hold_addresses_are_refused_by_the_field_that_does()
    {
        Assert.Equal("Outer.Inner.Address → System.IntPtr", TransferHarness.Refused(new Outer()).Path);
        TransferHarness.Refused((nint)1);
        TransferHarness.Refused(new GCHandle());
        TransferHarness.Refused(new[] { new Outer() });
        TransferHarness.Refused(new List<nuint> { 1 });
        Assert.Equal("WithPointer.Pointer → System.Int32*", TransferHarness.Refused(new WithPointer()).Path);
        TransferHarness.Refused(new WithLock());
    }

    [Fact]
    public void A_field_that_cannot_cross_does_no_harm_while_it_is_empty() =>
        Assert.Null(TransferHarness.Copy(new Service()).Log);

    [Fact]
    public void The_path_leads_through_fields_items_keys_and_tuples()
    {
        Assert.Equal("Service.Log → System.IO.MemoryStream", TransferHarness.Refused(new Service { Log = new MemoryStream() }).Path);
        Assert.Equal("List<Service>[1].Log → System.IO.MemoryStream",
            TransferHarness.Refused(new List<Service> { new(), new() { Log = new MemoryStream() } }).Path);
        Assert.Equal("Dictionary<String, Object>[\"k\"].Log → System.IO.MemoryStream",
            TransferHarness.Refused(new Dictionary<string, object> { ["k"] = new Service { Log = new MemoryStream() } }).Path);
        Assert.Equal("Object[][0, 1] → System.IO.MemoryStream".Replace("[][", "[,]["),
            TransferHarness.Refused(new object?[,] { { null, new MemoryStream() } }).Path);
        Assert.Equal("ValueTuple<Int32, Service>.Item2.Log → System.IO.MemoryStream",
            TransferHarness.Refused((1, new Service { Log = new MemoryStream() })).Path);
        Assert.Equal("Dictionary<Int32, Int32>.Comparer → System.Collections.Generic.DelegateEqualityComparer<System.Int32>",
            TransferHarness.Refused(new Dictionary<int, int>(EqualityComparer<int>.Create((a, b) => a == b))).Path);
    }

    [Fact]
    public void The_path_is_the_same_once_the_accessors_are_compiled()
    {
        var service = new Service { Name = "n" };
        for (int i = 0; i <= TransferLimits.UsesBeforeCompiling; i++)
        {
            Assert.Equal("n", TransferHarness.Copy(service).Name);
        }
        service.Log = new MemoryStream();
        Assert.Equal("Service.Log → System.IO.MemoryStream", TransferHarness.Refused(service).Path);
    }

    [Fact]
    public void The_path_leads_through_the_fields_that_a_subclass_adds_to_a_collection() =>
        Assert.Equal("OpenMap.Log → System.IO.MemoryStream", TransferHarness.Refused(new OpenMap { Log = new MemoryStream() }).Path);

    [Fact]
    public void A_subclass_of_a_collection_may_refer_to_itself_in_the_fields_that_it_adds()
    {
        var map = new OpenMap();
        map.Self = map;
        OpenMap copy = TransferHarness.Copy(map);
        Assert.Same(copy, copy.Self);
    }

    [Fact]
    public void The_path_starts_with_what_the_caller_named()
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.SetRoot("argument", "service");
        TransferException e = Assert.Throws<TransferException>(
            () => Codec<Service>.Declared.Write(writer, new Service { Log = new MemoryStream() }));
        Assert.Equal("argument 'service' → Service.Log → System.IO.MemoryStream", e.Path);
        writer.Clear();
        writer.SetRoot("captured", "log");
        e = Assert.Throws<TransferException>(() => Codec<Stream>.Declared.Write(writer, new MemoryStream()));
        Assert.StartsWith("captured 'log' cannot cross to the other process: it is a System.IO.MemoryStream", e.Message);
        writer.Return();
    }

    [Fact]
    public void A_value_that_nests_too_deep_is_refused_and_no_stack_overflows()
    {
        object? value = null;
        for (int i = 0; i < 100_000; i++)
        {
            value = new object?[] { value };
        }
        Assert.Contains("nests deeper", TransferHarness.Refused(value).Message);
    }

    [Fact]
    public void A_cycle_through_something_that_is_built_at_once_is_refused()
    {
        var box = new Zoo.Box<object>();
        var tuple = System.Collections.Immutable.ImmutableList.Create<object>(box);
        box.Value = tuple;
        Assert.Contains("contains itself", TransferHarness.Refused(tuple).Message);
    }

    [Fact]
    public void A_subclass_of_an_unknown_framework_class_is_refused_whole() =>
        Assert.Contains("System.Random", TransferHarness.Refused<object>(new OwnRandom()).Message);

    [Fact]
    public void A_class_with_a_finalizer_is_refused() =>
        Assert.Contains("finalizer", TransferHarness.Refused(new Owner()).Message);

    [Fact]
    public void Event_handlers_that_stay_here_are_refused()
    {
        Brood.Calls.TransferHooks.Install();
        var value = new Zoo.WithEvent();
        using var stream = new MemoryStream();
        value.Changed += () => stream.WriteByte(1);
        TransferException refused = TransferHarness.Refused(value, TypePolicy.TrustHost);
        Assert.StartsWith("WithEvent.Changed → captured 'stream'", refused.Path);
    }

    [Fact]
    public void A_changed_culture_is_refused()
    {
        var culture = new System.Globalization.CultureInfo("de-DE");
        culture.NumberFormat.NumberDecimalSeparator = "!";
        Assert.Contains("changed", TransferHarness.Refused(culture).Message);
    }

    [Fact]
    public void A_span_has_no_codec() => Assert.Throws<TransferException>(() => Codec.For(typeof(Span<int>)));

    private static IEnumerable<int> Iterate()
    {
        yield return 1;
    }

    public struct Inner { public int Number; public nint Address; }

    public struct Outer { public Inner Inner; }

    public unsafe struct WithPointer { public string? Name; public int* Pointer; }

    public struct WithLock { public SpinLock Lock; }

    public sealed class OpenMap : Dictionary<string, int>
    {
        public Stream? Log { get; set; }
        public OpenMap? Self { get; set; }
    }

    public sealed class Service { public string? Name { get; set; } public Stream? Log { get; set; } }

    public sealed class OwnRandom : Random;

    public sealed class Owner { ~Owner() { } }

    public sealed class Connection : DbConnection
    {
#nullable disable
        public override string ConnectionString { get; set; }
#nullable restore
        public override string Database => "";
        public override string DataSource => "";
        public override string ServerVersion => "";
        public override System.Data.ConnectionState State => default;
        public override void ChangeDatabase(string databaseName) { }
        public override void Close() { }
        public override void Open() { }
        protected override DbTransaction BeginDbTransaction(System.Data.IsolationLevel isolationLevel) => throw new NotSupportedException();
        protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
    }
}
