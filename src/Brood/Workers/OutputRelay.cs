namespace Brood.Workers;

/// <summary>Takes the output of one worker to where it belongs, in whole lines, and remembers its last errors.</summary>
/// <remarks>Used under the process's own output lock.</remarks>
internal sealed class OutputRelay
{
    /// <summary>How many lines of standard error a crash report quotes.</summary>
    public const int LastErrorLineCount = 20;

    private readonly WorkerOutput _target;
    private readonly Queue<string> _lastErrorLines = new(); // Guarded by itself: read from the host's other threads.
    private readonly LineAssembler _output;
    private readonly LineAssembler _error;

    public OutputRelay(WorkerOutput target)
    {
        _target = target;
        _output = new LineAssembler(line => Write(line, isError: false));
        _error = new LineAssembler(WriteError);
    }

    /// <summary>Set once the process has an id, before it can have written anything that is read.</summary>
    public int ProcessId { get; set; }

    /// <summary>What the runtime's own last words say, if it wrote any. Long stack traces push them out of the last lines.</summary>
    public ExitReason? FatalReason { get; private set; }

    public IReadOnlyList<string> LastErrorLines
    {
        get
        {
            lock (_lastErrorLines)
            {
                return _lastErrorLines.ToArray();
            }
        }
    }

    public void Add(bool isError, ReadOnlySpan<byte> bytes) => (isError ? _error : _output).Add(bytes);

    public void Complete()
    {
        _output.Complete();
        _error.Complete();
    }

    private void WriteError(string line)
    {
        FatalReason ??= ReasonOf(line);
        lock (_lastErrorLines)
        {
            if (_lastErrorLines.Count == LastErrorLineCount)
            {
                _lastErrorLines.Dequeue();
            }
            _lastErrorLines.Enqueue(line);
        }
        Write(line, isError: true);
    }

    private static ExitReason? ReasonOf(string line) =>
        line.StartsWith("Stack overflow.", StringComparison.Ordinal) ? ExitReason.StackOverflow
        : line.StartsWith("Process terminated.", StringComparison.Ordinal) ? ExitReason.FailFast
        : line.StartsWith("Out of memory.", StringComparison.Ordinal) ? ExitReason.OutOfMemory
        : line.StartsWith("Unhandled exception.", StringComparison.Ordinal) ? ExitReason.UnhandledException
        : null;

    private void Write(string line, bool isError)
    {
        try
        {
            _target.Write(new WorkerOutputLine(ProcessId, isError, line));
        }
        catch (Exception)
        {
            // A closed console or a callback that throws must not cost the worker its supervisor.
        }
    }
}
