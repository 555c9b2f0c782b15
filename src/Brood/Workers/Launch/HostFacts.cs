using System.Reflection;
using Brood.Calls;
using Brood.Platform;

namespace Brood.Workers.Launch;

/// <summary>What is known about the running program, as plain data: the input of <see cref="LaunchPlanner"/>.</summary>
internal sealed record HostFacts
{
    private const string WorkerAssemblyFile = "Brood.Worker.dll";

    /// <value>The real words of the command line, the host's own options included. Read only where they matter.</value>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <value>The directory against which relative words of <see cref="CommandLine"/> are resolved.</value>
    public string StartDirectory { get; init; } = "/";

    /// <value>The running executable: an apphost, a single file, <c>dotnet</c>, or a host of another make.</value>
    public string? ProcessPath { get; init; }

    /// <value>The file of the entry assembly; empty in a single file, null if there is none.</value>
    public string? EntryAssemblyPath { get; init; }

    /// <value>The simple name of the entry assembly, or null if there is none.</value>
    public string? EntryAssemblyName { get; init; }

    /// <value>The <c>runtimeconfig.json</c> beside the entry assembly, if the file exists.</value>
    public string? RuntimeConfigPath { get; init; }

    /// <value>The <c>deps.json</c> beside the entry assembly, if the file exists.</value>
    public string? DepsFilePath { get; init; }

    /// <value>The <c>dotnet</c> that the running shared framework belongs to; null if the program brings its own.</value>
    public string? MuxerPath { get; init; }

    /// <value>Where Brood was loaded from; empty in a single file.</value>
    public string BroodPath { get; init; } = "";

    /// <value>The <c>Brood.Worker.dll</c> beside the entry assembly, if the file exists.</value>
    public string? WorkerAssemblyPath { get; init; }

    /// <value>Whether the runtime finds Brood by its simple name, which is so if the program was built with it.</value>
    public bool BroodIsInTheProgram { get; init; } = true;

    /// <value>The feature switch <c>System.StartupHookProvider.IsSupported</c>.</value>
    public bool StartupHooksAreOn { get; init; } = true;

    public bool IsNativeAot { get; init; }

    /// <value>How this process began, if it is a worker itself, started by a plan: a mark of <see cref="WorkerEnvironment"/>.</value>
    public string? Beginning { get; init; }

    public bool IsWorker => Beginning is not null;

    public bool IsSingleFile => EntryAssemblyPath is "" && !IsNativeAot;

    public bool RunsUnderMuxer =>
        string.Equals(Path.GetFileNameWithoutExtension(ProcessPath), "dotnet", StringComparison.OrdinalIgnoreCase);

    public static HostFacts OfThisProcess()
    {
        var entry = Assembly.GetEntryAssembly();
        var entryPath = entry?.Location;
        var isNativeAot = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null;
        var facts = new HostFacts
        {
            ProcessPath = HostFiles.ProcessPath(),
            EntryAssemblyPath = entryPath,
            EntryAssemblyName = entry is null ? null : AssemblyIdentity.SimpleName(entry),
            RuntimeConfigPath = Beside(entryPath, ".runtimeconfig.json"),
            DepsFilePath = Beside(entryPath, ".deps.json"),
            WorkerAssemblyPath = string.IsNullOrEmpty(entryPath)
                ? null : IfExists(Path.Combine(Path.GetDirectoryName(entryPath)!, WorkerAssemblyFile)),
            MuxerPath = FindMuxer(),
            BroodPath = typeof(HostFacts).Assembly.Location,
            BroodIsInTheProgram = IsTrusted(typeof(HostFacts).Assembly),
            StartupHooksAreOn =
                !AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var isOn) || isOn,
            IsNativeAot = isNativeAot,
            Beginning = WorkerEnvironment.Beginning,
        };
        if (!facts.RunsUnderMuxer && !facts.IsWorker) return facts;
        var words = HostCommandLine.Read();
        return facts with { CommandLine = words, StartDirectory = FindStartDirectory(words) };
    }

    private static string? Beside(string? assemblyPath, string extension) =>
        string.IsNullOrEmpty(assemblyPath) ? null : IfExists(Path.ChangeExtension(assemblyPath, null) + extension);

    private static string? IfExists(string path) => HostFiles.Exists(path) ? path : null;

    // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll → <root>/dotnet
    private static string? FindMuxer()
    {
        var coreLibrary = typeof(object).Assembly.Location;
        if (coreLibrary.Length == 0) return null;
        string? root = coreLibrary;
        for (var up = 0; up < 4 && root is not null; up++) root = Path.GetDirectoryName(root);
        if (root is null) return null;
        return IfExists(Path.Combine(root, "dotnet")) ?? IfExists(Path.Combine(root, "dotnet.exe"));
    }

    // A single file resolves every assembly that it carries by name; elsewhere the list has full paths.
    private static bool IsTrusted(Assembly brood)
    {
        if (brood.Location.Length == 0) return true;
        var trusted = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        var location = brood.Location;
        // By hand: to split it makes some two hundred strings, and to search a string for another for the first time takes a millisecond.
        for (var start = 0; start < trusted.Length;)
        {
            var same = 0;
            while (same < location.Length && start + same < trusted.Length && trusted[start + same] == location[same]) same++;
            var end = start + same;
            if (same == location.Length && (end == trusted.Length || trusted[end] == Path.PathSeparator)) return true;
            while (end < trusted.Length && trusted[end] != Path.PathSeparator) end++;
            start = end + 1;
        }
        return false;
    }

    // The program may have changed its directory since the start; the shell's PWD often remembers it.
    private static string FindStartDirectory(IReadOnlyList<string> words)
    {
        var current = System.Environment.CurrentDirectory;
        var atStart = System.Environment.GetEnvironmentVariable("PWD");
        if (string.IsNullOrEmpty(atStart) || MuxerCommand.Parse(words) is not { } command) return current;
        return !command.ResolvesIn(current) && command.ResolvesIn(atStart) ? atStart : current;
    }
}
