using Brood.Workers.Launch;

namespace Brood;

/// <summary>Programs as <c>dotnet build</c> leaves them.</summary>
public sealed class BuiltTests(PackedBrood brood)
{
    private BuiltProgram Plain => brood.Plain;

    [Fact]
    public async Task An_executable_starts_workers() => (await Plain.RunAsync()).AssertAllCallsWorked();

    [Fact]
    public async Task Dotnet_with_the_dll_by_a_relative_path_starts_workers() =>
        (await Plain.RunAsync(ProcessLimit.Around("dotnet", ["Plain.dll", "a word of the program"])))
            .AssertAllCallsWorked();

    [Fact]
    public async Task Dotnet_exec_with_its_own_options_starts_workers() =>
        (await Plain.RunAsync(ProcessLimit.Around("dotnet",
            [
                "exec", "--runtimeconfig", "Plain.runtimeconfig.json", "--depsfile", "Plain.deps.json", "Plain.dll",
                "--depsfile", "a word of the program",
            ]))).AssertAllCallsWorked();

    [Fact]
    public async Task Dotnet_run_starts_workers() =>
        (await Plain.RunAsync(["dotnet", "run", "--no-build", "--project", Path.Combine(brood.Programs, "Plain")]))
            .AssertAllCallsWorked();

    [Fact]
    public async Task A_renamed_executable_starts_workers()
    {
        var renamed = Path.Combine(Plain.Folder, "Renamed");
        File.Copy(Plain.Executable, renamed);
        (await Plain.RunAsync(ProcessLimit.Around(renamed, []))).AssertAllCallsWorked();
    }

    [Fact]
    public async Task A_server_starts_workers_while_it_answers() =>
        (await (await brood.BuildAsync("Web")).RunAsync()).AssertAllCallsWorked();

    [Fact]
    public async Task A_hook_of_another_tool_runs_in_the_host_and_in_every_worker()
    {
        var tool = (await brood.BuildAsync("OtherTool")).Dll;
        var processes = Path.Combine(brood.CreateScratchFolder(), "processes");
        var run = await Plain.RunAsync(
            ("DOTNET_STARTUP_HOOKS", tool), ("HOOKS_OF_THE_HOST", tool), ("HOOK_COUNTER", processes));
        run.AssertAllCallsWorked();
        Assert.Contains("hooks=0", run.Program.Output);
        Assert.Equal(3, File.ReadAllLines(processes).Distinct().Count());
    }

    [Fact]
    public async Task What_a_worker_starts_sees_none_of_the_workers_own_variables()
    {
        var run = await Plain.RunAsync();
        Assert.Contains("clean=0 hooks=0", run.Program.Output);
    }

    [Fact]
    public async Task The_precompiled_library_of_the_package_is_the_one_that_runs() =>
        Assert.Contains("/runtimes/linux-x64/lib/net10.0/Brood.dll", (await Plain.RunAsync()).Program.Output);

    [Fact]
    public async Task A_worker_that_finds_itself_in_Main_says_what_to_change_and_ends()
    {
        var run = await Plain.RunAsync((WorkerEnvironment.MarkerVariable, "token"));
        Assert.Equal(WorkerMarker.MainReachedExitCode, run.Program.ExitCode);
        Assert.Contains("<StartupHookSupport>true</StartupHookSupport>", run.Program.Output);
        Assert.True(run.Mains <= 1, run.Program.ToString());
        Assert.Empty(run.Survivors);
    }
}
