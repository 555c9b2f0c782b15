namespace Brood.Workers.Launch;

/// <summary>From facts to plan: one branch for each way in which a .NET program can be running. Touches nothing.</summary>
internal static class LaunchPlanner
{
    /// <exception cref="WorkerStartException">No way in is known; the message says what to change.</exception>
    public static LaunchPlan Plan(HostFacts facts)
    {
        if (string.IsNullOrEmpty(facts.ProcessPath)) throw new WorkerStartException(LaunchRefusals.NoProcessPath());
        var program = $"'{facts.EntryAssemblyName ?? Path.GetFileName(facts.ProcessPath)}'";
        if (facts.IsNativeAot) throw new WorkerStartException(LaunchRefusals.NativeAot(program));

        // A worker was started by a plan: its own command line is that plan.
        if (facts.IsWorker)
            return Make(facts.ProcessPath, ArgumentsOf(facts.CommandLine), facts.Beginning == WorkerEnvironment.BeginsInMain ? null : Hook(facts));

        if (facts.EntryAssemblyPath is null) throw new WorkerStartException(LaunchRefusals.NoEntryAssembly(program));
        if (WithOwnMain(facts) is { } plan) return plan;
        if (!facts.StartupHooksAreOn) throw new WorkerStartException(LaunchRefusals.HooksAreOff(program));
        if (facts.RunsUnderMuxer) return Make(facts.ProcessPath, Command(facts, program).ToArguments(), Hook(facts));
        if (IsApphost(facts) || !CanExec(facts)) return Make(facts.ProcessPath, [], Hook(facts));

        // An executable of another make that runs this program inside: what it does before, workers must not repeat.
        return Make(facts.MuxerPath!, BesideEntry(facts).ToArguments(), Hook(facts));
    }

    /// <summary>
    /// Brood.Worker.dll in the place of the program, with the program's own configuration and dependencies: no hook is
    /// needed, which saves the worker a third of its start.
    /// </summary>
    /// <returns>Null if there is no <c>dotnet</c>, no such file, or no configuration to start it with.</returns>
    private static LaunchPlan? WithOwnMain(HostFacts facts)
    {
        var muxer = facts.RunsUnderMuxer ? facts.ProcessPath : facts.MuxerPath;
        if (muxer is null || facts.WorkerAssemblyPath is null || !facts.BroodIsInTheProgram) return null;
        var given = facts.RunsUnderMuxer ? MuxerCommand.Parse(facts.CommandLine)?.Absolute(facts.StartDirectory) : null;
        var command = (given ?? new MuxerCommand([], "")) with { Program = facts.WorkerAssemblyPath };
        if (command.Option(MuxerCommand.RuntimeConfigOption) is null)
        {
            if (facts.RuntimeConfigPath is null) return null;
            command = command.With(MuxerCommand.RuntimeConfigOption, facts.RuntimeConfigPath);
        }
        if (command.Option(MuxerCommand.DepsFileOption) is null && facts.DepsFilePath is not null)
            command = command.With(MuxerCommand.DepsFileOption, facts.DepsFilePath);
        return Make(muxer, [.. command.ToArguments(), facts.EntryAssemblyName!], hook: null);
    }

    private static string[] ArgumentsOf(IReadOnlyList<string> commandLine)
    {
        // Not with LINQ, whose assembly nothing else needs before the first worker is started.
        var arguments = new string[Math.Max(0, commandLine.Count - 1)];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = commandLine[i + 1];
        return arguments;
    }

    private static MuxerCommand Command(HostFacts facts, string program)
    {
        if (MuxerCommand.Parse(facts.CommandLine) is { } command) return command.Absolute(facts.StartDirectory);
        if (facts.RuntimeConfigPath is null)
            throw new WorkerStartException(LaunchRefusals.UnknownLayout(program, "its .runtimeconfig.json"));
        return BesideEntry(facts);
    }

    private static MuxerCommand BesideEntry(HostFacts facts)
    {
        var command = new MuxerCommand(
            [new MuxerOption(MuxerCommand.RuntimeConfigOption, facts.RuntimeConfigPath!)], facts.EntryAssemblyPath!);
        return facts.DepsFilePath is { } deps ? command.With(MuxerCommand.DepsFileOption, deps) : command;
    }

    private static bool IsApphost(HostFacts facts) =>
        facts.IsSingleFile
        || string.Equals(
            Path.GetFileNameWithoutExtension(facts.EntryAssemblyPath),
            Path.GetExtension(facts.ProcessPath) is ".exe"
                ? Path.GetFileNameWithoutExtension(facts.ProcessPath)
                : Path.GetFileName(facts.ProcessPath),
            StringComparison.OrdinalIgnoreCase);

    private static bool CanExec(HostFacts facts) => facts is { MuxerPath: not null, RuntimeConfigPath: not null };

    private static string Hook(HostFacts facts)
    {
        var hook = facts.BroodIsInTheProgram ? WorkerEnvironment.HookName : facts.BroodPath;
        return hook.Contains(Path.PathSeparator) ? throw new WorkerStartException(LaunchRefusals.UnlistablePath(hook)) : hook;
    }

    private static LaunchPlan Make(string fileName, IReadOnlyList<string> arguments, string? hook) => new()
    {
        FileName = fileName,
        Arguments = arguments,
        Hook = hook,
    };
}
