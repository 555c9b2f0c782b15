namespace Brood;

/// <summary>The base of every exception that Brood itself raises.</summary>
public abstract class BroodException : Exception
{
    private protected BroodException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>The function threw an exception whose type cannot be rebuilt in the host.</summary>
/// <remarks>The function had started; it ran until it threw.</remarks>
public sealed class RemoteException : BroodException
{
    internal RemoteException(string typeName, string message, string? remoteStackTrace, Exception? inner)
        : base(message, inner)
    {
        TypeName = typeName;
        RemoteStackTrace = remoteStackTrace;
    }

    /// <summary>The full name of the type that the function threw.</summary>
    public string TypeName { get; }

    /// <summary>The stack trace in the worker, or null if it had none.</summary>
    public string? RemoteStackTrace { get; }
}

/// <summary>The worker process ended, without being asked to, while the call was on it.</summary>
public sealed class WorkerCrashedException : BroodException
{
    internal WorkerCrashedException(string message, WorkerExit exit, string function, bool started) : base(message)
    {
        Exit = exit;
        Function = function;
        Started = started;
    }

    /// <summary>How the process ended, and its last words.</summary>
    public WorkerExit Exit { get; }

    /// <summary>The function that was called, as <c>Type.Method</c>.</summary>
    public string Function { get; }

    /// <summary>Whether the function had started. Known from memory that outlives the worker, never guessed.</summary>
    public bool Started { get; }
}

/// <summary>A worker could not be started. No function has run.</summary>
public sealed class WorkerStartException : BroodException
{
    internal WorkerStartException(string message, WorkerExit? exit = null, Exception? inner = null)
        : base(message, inner) => Exit = exit;

    /// <summary>How the child ended, or null if no process was started.</summary>
    public WorkerExit? Exit { get; }
}

/// <summary>An argument, a captured variable or a result cannot cross the border.</summary>
/// <remarks>When an argument or a captured variable is refused, nothing was sent and the function has not run.</remarks>
public sealed class TransferException : BroodException
{
    internal TransferException(string message, string? path = null, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>Where the value sits, such as <c>captured 'db' → SqlConnection.Pool</c>.</summary>
    public string? Path { get; }
}

/// <summary><see cref="CallOptions.Timeout"/> passed before the call finished.</summary>
public sealed class CallTimeoutException : TimeoutException
{
    internal CallTimeoutException(string message, bool started, TimeSpan elapsed) : base(message)
    {
        Started = started;
        Elapsed = elapsed;
    }

    /// <summary>Whether the function had started. If it had, its worker was stopped with it.</summary>
    public bool Started { get; }

    /// <summary>The time from the call to this exception.</summary>
    public TimeSpan Elapsed { get; }
}

/// <summary><see cref="WorkerPoolOptions.MaxQueuedCalls"/> was reached. The function has not run.</summary>
public sealed class PoolSaturatedException : BroodException
{
    internal PoolSaturatedException(string message, int maxQueuedCalls) : base(message) => MaxQueuedCalls = maxQueuedCalls;

    /// <summary>The limit that was reached.</summary>
    public int MaxQueuedCalls { get; }
}
