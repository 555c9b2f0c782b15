namespace Brood;

/// <summary>Why a worker process ended.</summary>
public enum ExitReason
{
    /// <summary>It was joined: it finished what it had accepted and ended.</summary>
    Joined,

    /// <summary>The host killed it, because it was asked to.</summary>
    Killed,

    /// <summary>A pool replaced it, for its age, its number of calls or its idle time.</summary>
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

    /// <summary>It ended before it could serve.</summary>
    FailedToStart,

    /// <summary>It is gone and the system did not say how.</summary>
    Unknown,
}

/// <summary>How a worker process ended. A snapshot that does not change.</summary>
public sealed record WorkerExit
{
    /// <summary>The process id that it had.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The exit code, or null if a signal ended the process.</summary>
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

    /// <summary>The last lines that it wrote to its standard error.</summary>
    public IReadOnlyList<string> LastErrorLines { get; init; } = [];
}
