namespace Brood.Workers.Launch;

public class LaunchPlannerTests
{
    private static readonly HostFacts s_apphost = new()
    {
        ProcessPath = "/app/App",
        EntryAssemblyPath = "/app/App.dll",
        EntryAssemblyName = "App",
        RuntimeConfigPath = "/app/App.runtimeconfig.json",
        DepsFilePath = "/app/App.deps.json",
        MuxerPath = "/dotnet/dotnet",
        BroodPath = "/app/Brood.dll",
    };

    private static readonly HostFacts s_muxer = s_apphost with
    {
        ProcessPath = "/dotnet/dotnet",
        CommandLine = ["dotnet", "App.dll", "--runtimeconfig", "of-the-program"],
        StartDirectory = "/app",
    };

    private static readonly HostFacts s_singleFile = s_apphost with
    {
        EntryAssemblyPath = "", RuntimeConfigPath = null, DepsFilePath = null, MuxerPath = null, BroodPath = "",
    };

    private static string Command(HostFacts facts)
    {
        var plan = LaunchPlanner.Plan(facts);
        return string.Join(' ', [plan.FileName, .. plan.Arguments]);
    }

    private static string Refusal(HostFacts facts) =>
        Assert.Throws<WorkerStartException>(() => LaunchPlanner.Plan(facts)).Message;

    [Fact]
    public void An_apphost_is_started_again_without_arguments() => Assert.Equal("/app/App", Command(s_apphost));

    [Fact]
    public void An_apphost_whose_name_has_dots_is_one_too() =>
        Assert.Equal("/app/My.App", Command(s_apphost with
        {
            ProcessPath = "/app/My.App", EntryAssemblyPath = "/app/My.App.dll", EntryAssemblyName = "My.App",
        }));

    [Fact]
    public void A_single_file_is_started_again() => Assert.Equal("/app/App", Command(s_singleFile));

    [Fact]
    public void A_renamed_single_file_is_started_again() =>
        Assert.Equal("/app/Renamed", Command(s_singleFile with { ProcessPath = "/app/Renamed" }));

    [Fact]
    public void A_dll_under_dotnet_is_named_by_its_full_path_and_loses_the_programs_own_words() =>
        Assert.Equal("/dotnet/dotnet exec /app/App.dll", Command(s_muxer));

    [Fact]
    public void Dotnet_exec_keeps_the_hosts_options_and_makes_their_paths_absolute() =>
        Assert.Equal(
            "/dotnet/dotnet exec --depsfile /app/x.deps.json --roll-forward Major --additionalprobingpath /packages "
            + "/app/bin/App.dll",
            Command(s_muxer with
            {
                CommandLine =
                [
                    "dotnet", "exec", "--depsfile", "x.deps.json", "--roll-forward", "Major",
                    "--additionalprobingpath", "/packages", "bin/App.dll", "--depsfile", "of-the-program",
                ],
            }));

    [Fact]
    public void A_VSTest_host_keeps_the_options_up_to_testhost_and_drops_its_port() =>
        Assert.Equal(
            "/dotnet/dotnet exec --runtimeconfig /t/T.runtimeconfig.json --depsfile /t/T.deps.json /t/testhost.dll",
            Command(s_muxer with
            {
                EntryAssemblyPath = "/t/testhost.dll",
                EntryAssemblyName = "testhost",
                RuntimeConfigPath = null,
                DepsFilePath = null,
                CommandLine =
                [
                    "/dotnet/dotnet", "exec", "--runtimeconfig", "/t/T.runtimeconfig.json", "--depsfile",
                    "/t/T.deps.json", "/t/testhost.dll", "--port", "4711", "--parentprocessid", "1",
                ],
            }));

    [Fact]
    public void A_command_of_the_SDK_is_started_as_the_entry_assembly_with_the_files_beside_it() =>
        Assert.Equal(
            "/dotnet/dotnet exec --runtimeconfig /sdk/dotnet.runtimeconfig.json --depsfile /sdk/dotnet.deps.json "
            + "/sdk/dotnet.dll",
            Command(s_muxer with
            {
                EntryAssemblyPath = "/sdk/dotnet.dll",
                EntryAssemblyName = "dotnet",
                RuntimeConfigPath = "/sdk/dotnet.runtimeconfig.json",
                DepsFilePath = "/sdk/dotnet.deps.json",
                CommandLine = ["dotnet", "test", "App.dll"],
            }));

    [Fact]
    public void An_unknown_command_of_dotnet_without_files_beside_the_entry_assembly_is_refused() =>
        Assert.Contains(".runtimeconfig.json is missing", Refusal(s_muxer with
        {
            CommandLine = ["dotnet", "something"], RuntimeConfigPath = null,
        }));

    [Fact]
    public void An_executable_of_another_make_is_replaced_by_dotnet_exec() =>
        Assert.Equal(
            "/dotnet/dotnet exec --runtimeconfig /app/App.runtimeconfig.json --depsfile /app/App.deps.json /app/App.dll",
            Command(s_apphost with { ProcessPath = "/native/launcher" }));

    [Fact]
    public void A_renamed_self_contained_executable_is_started_again() =>
        Assert.Equal("/app/Renamed", Command(s_apphost with { ProcessPath = "/app/Renamed", MuxerPath = null }));

    [Fact]
    public void A_program_into_which_dotnet_was_loaded_is_refused() =>
        Assert.Contains("loaded into it as a component", Refusal(s_apphost with
        {
            EntryAssemblyPath = null, EntryAssemblyName = null,
        }));

    [Fact]
    public void An_executable_with_a_dotnet_at_hand_is_replaced_by_Broods_own_program_among_its_files()
    {
        var facts = s_apphost with { WorkerAssemblyPath = "/app/Brood.Worker.dll", StartupHooksAreOn = false };
        Assert.Equal(
            "/dotnet/dotnet exec --runtimeconfig /app/App.runtimeconfig.json --depsfile /app/App.deps.json /app/Brood.Worker.dll App",
            Command(facts));
        Assert.Null(LaunchPlanner.Plan(facts).Hook);
    }

    [Fact]
    public void So_is_a_dll_under_dotnet_which_keeps_the_hosts_options() =>
        Assert.Equal(
            "/dotnet/dotnet exec --runtimeconfig /app/x.json --fx-version 10.0.1 --depsfile /app/App.deps.json /app/Brood.Worker.dll App",
            Command(s_muxer with
            {
                WorkerAssemblyPath = "/app/Brood.Worker.dll",
                CommandLine = ["dotnet", "exec", "--runtimeconfig", "x.json", "--fx-version", "10.0.1", "App.dll"],
            }));

    [Fact]
    public void A_program_that_brings_its_runtime_is_started_again_by_itself() =>
        Assert.Equal("/app/App", Command(s_apphost with { WorkerAssemblyPath = "/app/Brood.Worker.dll", MuxerPath = null }));

    [Fact]
    public void A_program_that_does_not_carry_Brood_is_started_again_with_a_hook() =>
        Assert.Equal("/plugins/Brood.dll", LaunchPlanner.Plan(s_apphost with
        {
            WorkerAssemblyPath = "/app/Brood.Worker.dll", BroodIsInTheProgram = false, BroodPath = "/plugins/Brood.dll",
        }).Hook);

    [Fact]
    public void A_trimmed_program_without_hooks_is_refused_with_the_line_to_add()
    {
        var message = Refusal(s_apphost with { StartupHooksAreOn = false, MuxerPath = null });
        Assert.Contains("'App' cannot start workers", message);
        Assert.Contains("<StartupHookSupport>true</StartupHookSupport>", message);
        Assert.Contains("#:property StartupHookSupport=true", message);
        Assert.Contains("No process was started", message);
    }

    [Fact]
    public void A_single_file_without_hooks_is_refused() =>
        Assert.Contains("StartupHookSupport", Refusal(s_singleFile with { StartupHooksAreOn = false }));

    [Fact]
    public void NativeAOT_is_refused() =>
        Assert.Contains("NativeAOT", Refusal(s_singleFile with { IsNativeAot = true, StartupHooksAreOn = false }));

    [Fact]
    public void A_worker_starts_workers_the_way_it_was_started_itself() =>
        Assert.Equal(
            "/dotnet/dotnet exec --runtimeconfig /app/App.runtimeconfig.json /app/App.dll",
            Command(s_muxer with
            {
                Beginning = WorkerEnvironment.BeginsInHook,
                CommandLine =
                    ["/dotnet/dotnet", "exec", "--runtimeconfig", "/app/App.runtimeconfig.json", "/app/App.dll"],
            }));

    [Fact]
    public void So_does_a_worker_with_a_Main_of_its_own()
    {
        var facts = s_muxer with
        {
            Beginning = WorkerEnvironment.BeginsInMain,
            EntryAssemblyPath = "/app/App.dll",
            CommandLine = ["/dotnet/dotnet", "exec", "--runtimeconfig", "/app/App.runtimeconfig.json", "/app/Brood.Worker.dll", "App"],
        };
        Assert.Equal(
            "/dotnet/dotnet exec --runtimeconfig /app/App.runtimeconfig.json /app/Brood.Worker.dll App", Command(facts));
        Assert.Null(LaunchPlanner.Plan(facts).Hook);
    }

    [Fact]
    public void Brood_is_named_by_its_path_if_the_program_does_not_carry_it() =>
        Assert.Equal("/plugins/Brood.dll", LaunchPlanner.Plan(s_apphost with
        {
            BroodIsInTheProgram = false, BroodPath = "/plugins/Brood.dll",
        }).ForWorker().Environment![WorkerEnvironment.HookVariable]);

    [Fact]
    public void A_path_that_no_list_of_hooks_can_carry_is_refused() =>
        Assert.Contains("<PackageReference Include=\"Brood\" />", Refusal(s_apphost with
        {
            BroodIsInTheProgram = false, BroodPath = $"/plug{Path.PathSeparator}ins/Brood.dll",
        }));
}
