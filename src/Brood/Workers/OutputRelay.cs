using System.Diagnostics;

namespace Brood.Workers;

/// <summary>Takes the output of one worker to where it belongs, in whole lines, and remembers its last errors.</summary>
/// <remarks>
/// <see cref="Add"/> is called under the process's own output lock, by the supervisor among others: it never waits for the
/// consumer. A consumer that may block gets its lines from its <see cref="OutputThread"/>.
/// </remarks>
internal sealed class OutputRelay
{
    /// <summary>How long the end of a worker that is not wanted any more waits for whoever takes its output.</summary>
    public static readonly TimeSpan OutputTimeout = TimeSpan.FromSeconds(2);

    /// <summary>When so many characters wait for the consumer, the worker's pipes are left alone until half of them are gone.</summary>
    private const int MaxWaitingChars = 1 << 20;

    private readonly WorkerOutput _target;
    private readonly OutputThread? _thread; // Null: the consumer never blocks, and has each line at once.
    private readonly object _waiting = new();
    private bool _entered; // Guarded by _waiting, like all below.
    private long _addedLines;
    private long _writtenLines;
    private long _awaitedLines; // Somebody waits until so many are written.
    private long _waitingChars;
    private bool _hurries; // The end of the worker waits for its output no longer than OutputTimeout.
    private bool _givenUp;
    private volatile bool _isFull; // Written under _waiting.
    private readonly LineAssembler _output;
    private readonly LineAssembler _error;

    public OutputRelay(WorkerOutput target)
    {
        _target = target;
        _thread = target.Thread;
        _output = new LineAssembler(line => Write(line, isError: false));
        _error = new LineAssembler(line =>
        {
            LastWords.Add(line);
            Write(line, isError: true);
        });
    }

    /// <summary>Set once the process has an id, before it can have written anything that is read.</summary>
    public int ProcessId { get; set; }

    public LastWords LastWords { get; } = new();

    /// <summary>Called when a full relay has room again. Set before anything is written.</summary>
    public Action? HasRoom { get; set; }

    public bool IsFull => _isFull;

    public void Add(bool isError, ReadOnlySpan<byte> bytes) => (isError ? _error : _output).Add(bytes);

    /// <summary>Returns when the consumer has everything that was added before, or nobody waits for it any more.</summary>
    public void WaitUntilWritten()
    {
        if (_thread is null || _thread.IsCurrent)
        {
            return;
        }
        lock (_waiting)
        {
            long mark = _awaitedLines = _addedLines;
            while (_writtenLines < mark && !_givenUp)
            {
                Monitor.Wait(_waiting);
            }
        }
    }

    /// <summary>The end of the worker is wanted: <see cref="Complete"/> waits no longer than <see cref="OutputTimeout"/>.</summary>
    public void Hurry()
    {
        lock (_waiting)
        {
            _hurries = true;
            Monitor.PulseAll(_waiting);
        }
    }

    /// <summary>There is no more. Returns when the consumer has everything; what it has not taken in time it still gets later.</summary>
    public void Complete()
    {
        _output.Complete();
        _error.Complete();
        lock (_waiting)
        {
            if (!_entered)
            {
                return;
            }
            while (_writtenLines < _addedLines && !_hurries)
            {
                Monitor.Wait(_waiting);
            }
            long begin = Stopwatch.GetTimestamp();
            for (TimeSpan left = OutputTimeout; _writtenLines < _addedLines && left > TimeSpan.Zero;)
            {
                Monitor.Wait(_waiting, left);
                left = OutputTimeout - Stopwatch.GetElapsedTime(begin);
            }
            _givenUp = true;
            Monitor.PulseAll(_waiting);
        }
        _thread!.Leave();
    }

    /// <summary>From the output thread: the consumer has taken a line.</summary>
    public void OnWritten(in WorkerOutputLine line)
    {
        bool hasRoom;
        lock (_waiting)
        {
            _waitingChars -= CostOf(line);
            if (++_writtenLines == _awaitedLines || _writtenLines == _addedLines)
            {
                Monitor.PulseAll(_waiting);
            }
            hasRoom = _isFull && _waitingChars <= MaxWaitingChars / 2;
            if (hasRoom)
            {
                _isFull = false;
            }
        }
        if (hasRoom)
        {
            HasRoom?.Invoke();
        }
    }

    private void Write(string text, bool isError)
    {
        var line = new WorkerOutputLine(ProcessId, isError, text);
        if (_thread is null)
        {
            _target.Write(line);
            return;
        }
        lock (_waiting)
        {
            if (!_entered)
            {
                _entered = true;
                _thread.Enter();
            }
            _addedLines++;
            _waitingChars += CostOf(line);
            _isFull |= _waitingChars > MaxWaitingChars;
        }
        _thread.Add(this, line);
    }

    /// <summary>An empty line takes memory, too.</summary>
    private static int CostOf(in WorkerOutputLine line) => line.Text.Length + 32;
}
