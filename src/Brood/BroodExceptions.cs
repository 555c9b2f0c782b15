namespace Brood;

/// <summary>The base of the exceptions that are Brood's own, but for <see cref="CallTimeoutException"/>, which is a
/// <see cref="TimeoutException"/>.</summary>
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

/// <summary>The worker process ended before it had answered the call: by itself, by a signal, or killed by the host.</summary>
/// <remarks>In a pool that is told to callers whose function had started, or whose arguments end each worker that reads them; other calls
/// go to another worker. A <see cref="Worker"/> that has ended tells it to all its calls, the later ones included.</remarks>
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

    /// <summary>The function that was called, as messages name it: <c>Type.Method</c>, or <c>lambda in Type</c>.</summary>
    public string Function { get; }

    /// <summary>Whether the function had started. Known from memory that outlives the worker, never guessed.</summary>
    public bool Started { get; }
}

/// <summary>A worker could not be started. No function has run, except perhaps <see cref="WorkerOptions.Initialize"/>.</summary>
public sealed class WorkerStartException : BroodException
{
    internal WorkerStartException(string message, WorkerExit? exit = null, Exception? inner = null)
        : base(message, inner) => Exit = exit;

    /// <summary>How the child ended; null if no process was started, or <see cref="WorkerOptions.Initialize"/> cannot cross.</summary>
    public WorkerExit? Exit { get; }
}

/// <summary>An argument, a captured variable or a result cannot cross the border.</summary>
/// <remarks>When the function, an argument or a captured variable is refused, the function has not run; when the result is refused, it has.
/// The message says which.</remarks>
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

    /// <summary>Whether the function had started. If it had, its work was stopped: it ended when its token was cancelled, or its worker
    /// was killed.</summary>
    public bool Started { get; }

    /// <summary>The time from the call to this exception; in a map, from when the item began to run.</summary>
    public TimeSpan Elapsed { get; }
}

/// <summary><see cref="WorkerPoolOptions.MaxQueuedCalls"/> was reached. The function has not run.</summary>
public sealed class PoolSaturatedException : BroodException
{
    internal PoolSaturatedException(string message, int maxQueuedCalls) : base(message) => MaxQueuedCalls = maxQueuedCalls;

    /// <summary>The limit that was reached.</summary>
    public int MaxQueuedCalls { get; }
}
