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
        if (facts.IsWorker) return Make(facts, facts.ProcessPath, [.. facts.CommandLine.Skip(1)]);

        if (facts.EntryAssemblyPath is null) throw new WorkerStartException(LaunchRefusals.NoEntryAssembly(program));
        if (!facts.StartupHooksAreOn) return WithHooksOn(facts, program);
        if (facts.RunsUnderMuxer) return Make(facts, facts.ProcessPath, Command(facts, program).ToArguments());
        if (IsApphost(facts) || !CanExec(facts)) return Make(facts, facts.ProcessPath, []);

        // An executable of another make that runs this program inside: what it does before, workers must not repeat.
        return Make(facts, facts.MuxerPath!, BesideEntry(facts).ToArguments());
    }

    private static LaunchPlan WithHooksOn(HostFacts facts, string program)
    {
        var muxer = facts.RunsUnderMuxer ? facts.ProcessPath : facts.MuxerPath;
        if (muxer is null || facts.IsSingleFile || (!facts.RunsUnderMuxer && facts.RuntimeConfigPath is null))
            throw new WorkerStartException(LaunchRefusals.HooksAreOff(program));
        var command = facts.RunsUnderMuxer ? Command(facts, program) : BesideEntry(facts);
        var source = command.Option(MuxerCommand.RuntimeConfigOption) ?? facts.RuntimeConfigPath;
        if (source?.EndsWith(".runtimeconfig.json", StringComparison.OrdinalIgnoreCase) != true)
            throw new WorkerStartException(LaunchRefusals.HooksAreOff(program));
        var copy = RuntimeConfigCopy.Of(source);
        var arguments = command.With(MuxerCommand.RuntimeConfigOption, copy.Target).ToArguments();
        return Make(facts, muxer, arguments) with { RuntimeConfig = copy };
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
            [(MuxerCommand.RuntimeConfigOption, facts.RuntimeConfigPath!)], facts.EntryAssemblyPath!);
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

    private static LaunchPlan Make(HostFacts facts, string fileName, IReadOnlyList<string> arguments)
    {
        var hook = facts.BroodIsInTheProgram ? WorkerEnvironment.HookName : facts.BroodPath;
        if (hook.Contains(Path.PathSeparator)) throw new WorkerStartException(LaunchRefusals.UnlistablePath(hook));
        return new LaunchPlan
        {
            FileName = fileName,
            Arguments = arguments,
            Hook = hook,
            Environment = WorkerEnvironment.Changes(hook, token: null, chosen: null, facts.Environment),
        };
    }
}
