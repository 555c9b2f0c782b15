namespace Brood.Workers;

/// <summary>Takes the output of one worker to where it belongs, in whole lines, and remembers its last errors.</summary>
/// <remarks>Used under the process's own output lock.</remarks>
internal sealed class OutputRelay
{
    /// <summary>How many lines of standard error a crash report quotes.</summary>
    public const int LastErrorLineCount = 20;

    /// <summary>How many lines are kept from the first that says why the process ends.</summary>
    private const int FatalLineCount = 10;

    private readonly WorkerOutput _target;
    private readonly Queue<string> _lastErrorLines = new(); // Guarded by itself: read from the host's other threads.
    private readonly List<string> _fatalLines = []; // Guarded by _lastErrorLines, like the two below.
    private int _fatalLineIndex;
    private int _errorLineCount;
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
                int first = _errorLineCount - _lastErrorLines.Count;
                // The runtime's last words begin with what happened; a long stack trace after them must not push that out.
                int hidden = first - (_fatalLineIndex + _fatalLines.Count);
                return _fatalLines.Count == 0 || first <= _fatalLineIndex ? _lastErrorLines.ToArray()
                    : hidden <= 0 ? [.. _fatalLines.Take(first - _fatalLineIndex), .. _lastErrorLines]
                    : [.. _fatalLines, $"… {hidden:N0} lines …", .. _lastErrorLines];
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
        lock (_lastErrorLines)
        {
            if (_lastErrorLines.Count == LastErrorLineCount)
            {
                _lastErrorLines.Dequeue();
            }
            _lastErrorLines.Enqueue(line);
            if (FatalReason is null && ReasonOf(line) is { } reason)
            {
                FatalReason = reason;
                _fatalLineIndex = _errorLineCount;
            }
            if (FatalReason is not null && _fatalLines.Count < FatalLineCount)
            {
                _fatalLines.Add(line);
            }
            _errorLineCount++;
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
