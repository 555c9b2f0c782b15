namespace Brood.Workers;

/// <summary>What a worker wrote to its standard error last, and whether those are the last words of a runtime that gave up.</summary>
/// <remarks>
/// The runtime says why it aborts, with the stack, directly before it does. So that nobody's print is taken for that, the
/// text must begin as the runtime's does, be followed by nothing but itself, and not have come before a call ended.
/// Written under the process's output lock and by the reader of results, read from the host's other threads.
/// </remarks>
internal sealed class LastWords
{
    /// <summary>How many lines a crash report quotes.</summary>
    public const int LineCount = 20;

    /// <summary>How many lines are kept from the first that says why the process ends.</summary>
    private const int FatalLineCount = 10;

    private readonly Lock _gate = new();
    private readonly Queue<string> _last = new(); // Guarded by _gate, like all below.
    private readonly List<string> _fatal = [];
    private ExitReason? _claim; // What the text says that began last.
    private bool _endsInStack;
    private volatile int _claimIndex = -1; // Which line that began with; -1: none. Written under _gate.
    private int _fatalIndex;
    private int _count;

    /// <summary>Why the runtime ended the process, if its own words say so. Asked when there is no more to come, of a process that aborted.</summary>
    public ExitReason? FatalReason
    {
        get
        {
            lock (_gate)
            {
                return _endsInStack || _claim == ExitReason.OutOfMemory ? _claim : null;
            }
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                int first = _count - _last.Count;
                // The runtime's last words begin with what happened; a long stack trace after them must not push that out.
                int hidden = first - (_fatalIndex + _fatal.Count);
                return _fatal.Count == 0 || first <= _fatalIndex ? _last.ToArray()
                    : hidden <= 0 ? [.. _fatal.Take(first - _fatalIndex), .. _last]
                    : [.. _fatal, $"… {hidden:N0} lines …", .. _last];
            }
        }
    }

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_last.Count == LineCount)
            {
                _last.Dequeue();
            }
            _last.Enqueue(line);
            if (ReasonOf(line) is { } reason)
            {
                ForgetNeedsLock();
                _claim = reason;
                _claimIndex = _fatalIndex = _count;
            }
            else if (_claim is { } claim && !MayFollow(claim, line))
            {
                ForgetNeedsLock();
            }
            if (_claim is not null)
            {
                _endsInStack = IsFrame(line);
                if (_fatal.Count < FatalLineCount)
                {
                    _fatal.Add(line);
                }
            }
            _count++;
        }
    }

    /// <summary>Identifies the text that claims to be the last; negative: there is none.</summary>
    public int Claim => _claimIndex;

    /// <summary>The process lived on after this was written.</summary>
    public void Refute(int claim)
    {
        lock (_gate)
        {
            if (_claimIndex == claim)
            {
                ForgetNeedsLock();
            }
        }
    }

    private void ForgetNeedsLock()
    {
        _claim = null;
        _claimIndex = -1;
        _endsInStack = false;
        _fatal.Clear();
    }

    private static ExitReason? ReasonOf(string line) =>
        line == "Stack overflow." ? ExitReason.StackOverflow
        : line == "Out of memory." ? ExitReason.OutOfMemory
        : line.StartsWith("Process terminated.", StringComparison.Ordinal) ? ExitReason.FailFast
        : line.StartsWith("Unhandled exception. ", StringComparison.Ordinal) ? ExitReason.UnhandledException
        : null;

    /// <summary>The two that have a message of their own may have any line in it, as long as they end in a stack.</summary>
    private bool MayFollow(ExitReason claim, string line) => IsFrame(line)
        || claim switch
        {
            ExitReason.StackOverflow => line.StartsWith("Repeat", StringComparison.Ordinal) || line.All(static c => c == '-'),
            ExitReason.OutOfMemory => false,
            _ => !_endsInStack || line.StartsWith("   --- End of ", StringComparison.Ordinal) || line.StartsWith(" ---> ", StringComparison.Ordinal),
        };

    private static bool IsFrame(string line) => line.StartsWith("   at ", StringComparison.Ordinal);
}
