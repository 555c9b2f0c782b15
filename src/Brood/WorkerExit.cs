namespace Brood;

/// <summary>Why a worker process ended.</summary>
public enum ExitReason
{
    /// <summary>It was joined: it finished what it had accepted and ended.</summary>
    Joined,

    /// <summary>The host killed it: by <see cref="Worker.KillAsync"/>, by a dispose whose time was up, or because its start was cancelled.</summary>
    Killed,

    /// <summary>A pool replaced it, for its age, its number of calls, its idle time or the memory that earlier calls left.</summary>
    Recycled,

    /// <summary>The host killed it because a call was cancelled or timed out.</summary>
    CallStopped,

    /// <summary>The host killed it because it used more than <see cref="WorkerOptions.MaxMemoryBytes"/>.</summary>
    MemoryLimit,

    /// <summary>The host killed it because it ran nothing and did not take the calls that it was handed, for some seconds: it was
    /// stopped from outside, for example.</summary>
    Unresponsive,

    /// <summary>The system or the runtime ran out of memory.</summary>
    OutOfMemory,

    /// <summary>The stack overflowed.</summary>
    StackOverflow,

    /// <summary>An exception was not handled on a thread of its own.</summary>
    UnhandledException,

    /// <summary><see cref="System.Environment.FailFast(string)"/> was called.</summary>
    FailFast,

    /// <summary>A function ended the process, for example with <see cref="System.Environment.Exit"/>.</summary>
    Exited,

    /// <summary>A signal ended it that the host did not send.</summary>
    Signal,

    /// <summary>It wrote rubbish into its channel, and the host killed it for that.</summary>
    ProtocolViolation,

    /// <summary>It ended before it could serve, or was killed because it did not serve in time or <see cref="WorkerOptions.Initialize"/> threw.</summary>
    FailedToStart,

    /// <summary>It is gone and the system did not say how.</summary>
    Unknown,
}

/// <summary>How a worker process ended. A snapshot that does not change.</summary>
public sealed record WorkerExit
{
    /// <summary>The process id that it had.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The exit code; null if a signal ended the process, or the system did not say.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the process, such as <c>SIGSEGV</c>, or null.</summary>
    public string? Signal { get; init; }

    /// <summary>Why it ended, as far as that is known.</summary>
    public required ExitReason Reason { get; init; }

    /// <summary>How many calls it had finished; each item of a map is one.</summary>
    public long CallsServed { get; init; }

    /// <summary>The most memory that it had resident, shared memory included, in bytes; 0 if unknown.</summary>
    /// <remarks>Known where the worker could still say it (it was joined, ended itself, or fell over an exception) and where the
    /// host killed it. After a signal that the host did not send, an overflown stack or a FailFast, nobody knows.</remarks>
    public long PeakMemoryBytes { get; init; }

    /// <summary>The time from its start to its end.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>Who killed it, where the reason is <see cref="ExitReason.Killed"/>; continues "was killed by".</summary>
    internal string? KilledBy { get; init; }

    /// <summary>The last lines that it wrote to its standard error, oldest first: up to 20, and before them up to 10 with which the
    /// runtime said why it ended. Empty with <see cref="WorkerOutput.Inherit"/>.</summary>
    public IReadOnlyList<string> LastErrorLines { get; init; } = [];
}
