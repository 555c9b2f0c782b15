namespace Brood.Repository;

/// <summary>The arrows of ARCHITECTURE.md, held against what the compiled library names.</summary>
public class ArchitectureTests
{
    private static readonly ILookup<Type, Type> s_dependencies = Dependencies.Of(typeof(Callable).Assembly);

    // Exceptions and options are words that every layer speaks.
    private static readonly string[] s_exceptions =
        [nameof(BroodException), nameof(TransferException), nameof(RemoteException), nameof(WorkerStartException)];

    [Fact]
    public void Memory_knows_only_how_a_thread_parks() => AssertOnly("Memory", "Platform.Parking");

    [Fact]
    public void Transfer_knows_no_process_no_channel_and_no_function() =>
        // Records of the public surface are values: BroodTypes lists those that cross.
        // A SharedArray crosses as a handle to memory, which is no process either.
        AssertOnly("Transfer", [.. s_exceptions, "SharedArray`1", nameof(CallOptions), nameof(WorkerExit), "Memory.SharedBlock", "Memory.SharedRegion"]);

    [Fact]
    public void Channel_knows_memory_and_blocks_of_values_and_no_process() => AssertOnly(
        "Channel", "Memory.*", "Platform.Parking", nameof(TransferException), nameof(BroodException),
        "Transfer.Block", "Transfer.BlockSource", "Transfer.BlockView", "Transfer.TransferLimits");

    [Fact]
    public void Calls_knows_values_and_no_worker() => AssertOnly("Calls", ["Transfer.*", .. s_exceptions]);

    [Fact]
    public void Platform_knows_memory_and_nothing_of_what_workers_are_for() => AssertOnly("Platform", ["Memory.*", .. s_exceptions]);

    [Fact]
    public void Diagnostics_is_used_by_all_and_uses_none_of_them() =>
        AssertNone("Diagnostics", "Pool.*", "Workers.*", "Calls.*", "Transfer.*", "Channel.*", "Memory.*", "Platform.*", nameof(Worker), "WorkerPool");

    [Fact]
    public void Workers_knows_one_process_and_neither_pools_nor_the_public_worker() =>
        AssertNone("Workers", "Pool.*", nameof(Worker), "WorkerPool");

    [Fact]
    public void Pool_leaves_memory_and_the_operating_system_to_workers() =>
        AssertNone("Pool", "Memory.*", "Platform.*");

    [Fact]
    public void Nothing_but_the_documented_surface_is_public()
    {
        string[] inside = [.. typeof(Callable).Assembly.GetExportedTypes().Where(type => Layer(type) != "").Select(type => type.FullName!)];
        Assert.True(inside.Length == 0, "Public, but not at the top level of src/Brood; make it internal: " + string.Join(", ", inside));
    }

    [Fact]
    public void A_dependency_is_seen_wherever_a_type_can_be_named()
    {
        Type[] named = [.. Dependencies.NamedBy(typeof(NamesMany<>))];
        Assert.Contains(typeof(IFormattable), named);
        Assert.Contains(typeof(Version), named);
        Assert.Contains(typeof(Uri), named);
        Assert.Contains(typeof(InvalidDataException), named);
        Assert.Contains(typeof(Random), named);
        Assert.DoesNotContain(typeof(Stream), named);
    }

    private sealed class NamesMany<T> where T : IFormattable
    {
        public Version? Field = new(1, 0);

        public static object Run(Uri address)
        {
            try
            {
                return address.Host + typeof(Random).Name;
            }
            catch (InvalidDataException)
            {
                return "";
            }
        }
    }

    private static void AssertOnly(string layer, params string[] allowed) =>
        AssertNothing(layer, (name, to) => Layer(to) != layer && !allowed.Any(pattern => Matches(name, pattern)));

    private static void AssertNone(string layer, params string[] forbidden) =>
        AssertNothing(layer, (name, _) => forbidden.Any(pattern => Matches(name, pattern)));

    private static void AssertNothing(string layer, Func<string, Type, bool> isWrong)
    {
        string[] wrong =
        [
            .. from @from in s_dependencies
               where Layer(@from.Key) == layer
               from to in @from
               where !to.Name.StartsWith('<') && isWrong(Name(to), to)
               orderby Name(@from.Key), Name(to)
               select $"{Name(@from.Key)} must not know {Name(to)}; hand it what it needs (a value or a delegate) from above",
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    private static bool Matches(string name, string pattern) =>
        pattern.EndsWith(".*", StringComparison.Ordinal) ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;

    /// <summary>The folder below src/Brood; empty for the top level, and for what the compiler adds.</summary>
    private static string Layer(Type type) =>
        type.Namespace is { } space && space.StartsWith("Brood.", StringComparison.Ordinal) ? space.Split('.')[1] : "";

    private static string Name(Type type)
    {
        string name = type.FullName ?? type.Name;
        return name.StartsWith("Brood.", StringComparison.Ordinal) ? name["Brood.".Length..] : name;
    }
}
