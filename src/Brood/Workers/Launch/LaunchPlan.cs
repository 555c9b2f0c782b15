namespace Brood.Workers.Launch;

/// <summary>How to start this program again as a worker, in which its Main does not run.</summary>
internal sealed record LaunchPlan
{
    private static LaunchPlan? s_forThisProgram;

    /// <value>The absolute path of the executable.</value>
    public required string FileName { get; init; }

    /// <value>The words after the executable; all paths in them are absolute.</value>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <value>All changes to the host's environment; null removes the variable. Null until <see cref="ForWorker"/>: nothing is started without the mark.</value>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <value>What stands for Brood in the list of start-up hooks: its simple name, or its path. Null: the worker is started
    /// as a program of Brood's own and needs no hook.</value>
    public required string? Hook { get; init; }

    /// <summary>The plan for the running program, computed at the first call.</summary>
    /// <exception cref="WorkerStartException">This program cannot be started again as a worker; nothing was started.</exception>
    public static LaunchPlan ForThisProgram()
    {
        // A race computes the same plan twice, which harms nobody; a refusal is not kept.
        if (Volatile.Read(ref s_forThisProgram) is { } known) return known;
        var plan = LaunchPlanner.Plan(HostFacts.OfThisProcess());
        Volatile.Write(ref s_forThisProgram, plan);
        return plan;
    }

    /// <summary>The plan for one worker: with its mark, and with the variables that the caller chose.</summary>
    public LaunchPlan ForWorker(IReadOnlyDictionary<string, string?>? chosen = null) =>
        this with { Environment = WorkerEnvironment.Changes(Hook, chosen, WorkerEnvironment.OfThisProcess()) };
}
