namespace Brood.Workers.Launch;

public class WorkerEnvironmentTests
{
    private static readonly char s_separator = Path.PathSeparator;

    private static IReadOnlyDictionary<string, string?> Changes(
        Dictionary<string, string>? inherited = null, Dictionary<string, string?>? chosen = null) =>
        WorkerEnvironment.Changes("Brood", chosen, inherited ?? []);

    [Fact]
    public void A_worker_runs_the_hook_with_one_heap_and_carries_the_mark()
    {
        var changes = Changes();
        Assert.Equal("Brood", changes["DOTNET_STARTUP_HOOKS"]);
        Assert.Equal("0", changes["DOTNET_gcServer"]);
        Assert.Equal("0", changes["DOTNET_gcConcurrent"]);
        Assert.Equal("0", changes["DOTNET_TieredPGO"]);
        Assert.Equal("hook", changes["BROOD_WORKER"]);
    }

    [Fact]
    public void A_worker_with_a_Main_of_its_own_leaves_the_hooks_as_they_are()
    {
        var changes = WorkerEnvironment.Changes(hook: null, chosen: null, new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = "Otel" });
        Assert.DoesNotContain("DOTNET_STARTUP_HOOKS", changes.Keys);
        Assert.Equal("main", changes["BROOD_WORKER"]);
    }

    [Fact]
    public void Hooks_of_other_tools_run_first() =>
        Assert.Equal(
            $"/watch.dll{s_separator}Otel{s_separator}Brood",
            Changes(new() { ["DOTNET_STARTUP_HOOKS"] = $"/watch.dll{s_separator}Otel" })["DOTNET_STARTUP_HOOKS"]);

    [Fact]
    public void Hooks_that_the_caller_chose_replace_the_inherited_ones() =>
        Assert.Equal(
            $"Mine{s_separator}Brood",
            Changes(
                new() { ["DOTNET_STARTUP_HOOKS"] = "Inherited" },
                new() { ["DOTNET_STARTUP_HOOKS"] = "Mine" })["DOTNET_STARTUP_HOOKS"]);

    [Fact]
    public void What_the_caller_chose_wins_and_stays_for_the_workers_children()
    {
        var changes = Changes(chosen: new() { ["DOTNET_gcServer"] = "1", ["COLOUR"] = "red", ["GONE"] = null });
        Assert.Equal("1", changes["DOTNET_gcServer"]);
        Assert.Equal("red", changes["COLOUR"]);
        Assert.Null(changes["GONE"]);
        Assert.Contains("17:DOTNET_gcServer=1", changes["BROOD_RESTORE"]); // Each worker removes that one, whatever its value.
        Assert.DoesNotContain("COLOUR", changes["BROOD_RESTORE"]);
    }

    [Theory]
    [InlineData("DOTNET_DiagnosticPorts")]
    [InlineData("DOTNET_DefaultDiagnosticPortSuspend")]
    [InlineData("CORECLR_ENABLE_PROFILING")]
    public void What_would_suspend_or_profile_a_worker_is_not_inherited(string name)
    {
        var changes = Changes(new() { [name] = "1" });
        Assert.True(changes.TryGetValue(name, out var value));
        Assert.Null(value);
        Assert.Contains($"{name.Length + 2}:{name}=1", changes["BROOD_RESTORE"]);
    }

    [Fact]
    public void A_profiler_that_the_caller_chose_reaches_the_worker() =>
        Assert.Equal("1", Changes(
            new() { ["CORECLR_ENABLE_PROFILING"] = "0" },
            new() { ["CORECLR_ENABLE_PROFILING"] = "1" })["CORECLR_ENABLE_PROFILING"]);

    [Fact]
    public void What_is_set_for_each_worker_is_removed_for_its_children_or_put_back()
    {
        Assert.Equal(["DOTNET_STARTUP_HOOKS"], Changes().Keys.Except(WorkerEnvironment.OwnVariables));
        Assert.Equal(["20:DOTNET_STARTUP_HOOKS"], [Changes()["BROOD_RESTORE"]]);
        Assert.Contains("17:DOTNET_gcServer=1", Changes(new() { ["DOTNET_gcServer"] = "1" })["BROOD_RESTORE"]);
    }

    [Fact]
    public void A_process_without_the_marker_is_no_worker()
    {
        Assert.Null(WorkerEnvironment.Mark);
        Assert.Null(WorkerEnvironment.Beginning);
    }

    [Theory]
    [InlineData(true, "Brood", true)]
    [InlineData(false, null, true)]
    [InlineData(false, "Other", true)]
    [InlineData(false, "Brood", false)]
    public void Main_was_reached_if_the_hook_is_off_or_was_lost(bool isOff, string? hooks, bool expected) =>
        Assert.Equal(expected, WorkerMarker.MainWasReached(isOff, hooks));

    [Fact]
    public void A_hook_named_by_its_path_counts_as_the_hook() =>
        Assert.False(WorkerMarker.MainWasReached(hooksAreOff: false, $"Other{s_separator}/plugins/Brood.dll"));
}
