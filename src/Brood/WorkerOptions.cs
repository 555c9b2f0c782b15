using Brood.Workers;

namespace Brood;

/// <summary>How workers are started and kept.</summary>
/// <remarks>A value out of its range is refused where it is set, with an <see cref="ArgumentOutOfRangeException"/>.</remarks>
public record WorkerOptions
{
    internal static readonly WorkerOptions Default = new();

    /// <summary>Runs once in each worker before its first call: opens what cannot cross, loads what takes long.</summary>
    /// <value>The default is null. What it throws, or captured and cannot cross, ends the start with a
    /// <see cref="WorkerStartException"/>. Its time is part of <see cref="StartTimeout"/>.</value>
    public Action? Initialize { get; init; }

    /// <summary>Environment variables for the worker, on top of the host's own; a null value removes one.</summary>
    /// <value>The default is null: the host's variables as they are.</value>
    /// <exception cref="ArgumentException">No system takes such a name or value.</exception>
    public IReadOnlyDictionary<string, string?>? Environment
    {
        get;
        init => field = OptionChecks.Environment(value, nameof(Environment));
    }

    /// <summary>The worker's current folder.</summary>
    /// <value>The default is null: the host's. That it exists is found out when a worker is started.</value>
    /// <exception cref="ArgumentException">It is empty, or has a NUL character.</exception>
    public string? WorkingDirectory
    {
        get;
        init => field = OptionChecks.Folder(value, nameof(WorkingDirectory));
    }

    /// <summary>How long a worker may take from its start until it serves, <see cref="Initialize"/> included.</summary>
    /// <value>Longer than zero, up to 49 days, or <see cref="Timeout.InfiniteTimeSpan"/>. The default is 30 seconds.</value>
    public TimeSpan StartTimeout
    {
        get;
        init => field = OptionChecks.Limit(value, nameof(StartTimeout));
    } = TimeSpan.FromSeconds(30);

    /// <summary>How long dispose waits for a worker to finish what it had accepted, and for whoever takes its output, before it is killed.</summary>
    /// <value>From zero up to 49 days, or <see cref="Timeout.InfiniteTimeSpan"/>: then dispose ends when the calls do. The default is 5 seconds.</value>
    public TimeSpan JoinTimeout
    {
        get;
        init => field = OptionChecks.Limit(value, nameof(JoinTimeout), zeroIsAllowed: true);
    } = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of what the worker writes to its standard output and error.</summary>
    /// <value>The default is <see cref="WorkerOutput.Relay"/>.</value>
    public WorkerOutput Output
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Output));
    } = WorkerOutput.Relay;

    /// <summary>How much memory of its own, managed and native, a worker may have resident.</summary>
    /// <value>In bytes, from 0 up. The default is 0: no limit. Shared memory and mapped files do not count. It is looked at every 50 ms while calls
    /// run, once after the last of them, and before the next: what earlier calls left costs the worker, not the next call in a pool.</value>
    public long MaxMemoryBytes
    {
        get;
        init => field = OptionChecks.NotNegative(value, nameof(MaxMemoryBytes), "no limit");
    }

    /// <summary>Which types a worker may send back where the declared type leaves it open.</summary>
    /// <value>The default is null: declared types and what they reach, data types of the application's own assemblies, and the
    /// framework's known data types. A list, when given, is all that is added to the declared types.</value>
    public IReadOnlyCollection<Type>? KnownTypes
    {
        get;
        init => field = OptionChecks.Types(value, nameof(KnownTypes));
    }
}
