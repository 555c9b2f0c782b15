using Brood.Workers;

namespace Brood;

/// <summary>One line that a worker wrote.</summary>
/// <param name="ProcessId">The worker.</param>
/// <param name="IsError">Whether it came through standard error.</param>
/// <param name="Text">The line without its end.</param>
public readonly record struct WorkerOutputLine(int ProcessId, bool IsError, string Text);

/// <summary>What becomes of what workers write to their standard output and standard error.</summary>
/// <remarks>
/// Lines are handed on whole. What a call wrote with <see cref="Console"/> is out before its task completes, but for a line that
/// it began and did not end: that comes with its end, which may be a later call's text, or when the worker ends.
/// </remarks>
public abstract class WorkerOutput
{
    private protected WorkerOutput() { }

    /// <summary>To the host's <see cref="Console.Out"/> and <see cref="Console.Error"/>, in whole lines. The default.</summary>
    public static WorkerOutput Relay { get; } = new RelayOutput();

    /// <summary>Nowhere. The last lines of standard error are still kept for <see cref="WorkerExit.LastErrorLines"/>.</summary>
    public static WorkerOutput Discard { get; } = new DiscardOutput();

    /// <summary>The worker writes to the host's own standard output and error, unseen by Brood: lines of several workers may mix,
    /// and <see cref="WorkerExit.LastErrorLines"/> stays empty.</summary>
    public static WorkerOutput Inherit { get; } = new InheritOutput();

    /// <summary>To a method of yours, line by line, one line at a time.</summary>
    /// <param name="write">Called on a thread of its own. Results of a worker that printed wait for it, and so does the worker's end,
    /// so it should return soon; it must not wait for a worker whose output comes to it. What it throws is ignored.</param>
    public static WorkerOutput To(Action<WorkerOutputLine> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new CallbackOutput(write);
    }

    /// <summary>Into a list that can be read at any time.</summary>
    /// <param name="maxLines">When there are more, the oldest are dropped. From 1 up; the default is 10,000.</param>
    public static KeptWorkerOutput Keep(int maxLines = KeptWorkerOutput.DefaultMaxLines)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLines, 1);
        return new KeptWorkerOutput(maxLines);
    }

    /// <summary>The thread on which <see cref="Write"/> is called; null: at once, because it neither blocks nor throws.</summary>
    internal virtual OutputThread? Thread => null;

    internal abstract void Write(in WorkerOutputLine line);

    private sealed class RelayOutput : WorkerOutput
    {
        internal override OutputThread Thread { get; } = new(static line => Relay.Write(line));

        internal override void Write(in WorkerOutputLine line) => (line.IsError ? Console.Error : Console.Out).WriteLine(line.Text);
    }

    private sealed class DiscardOutput : WorkerOutput
    {
        internal override void Write(in WorkerOutputLine line) { }
    }

    private sealed class InheritOutput : WorkerOutput
    {
        internal override void Write(in WorkerOutputLine line) { }
    }

    private sealed class CallbackOutput(Action<WorkerOutputLine> write) : WorkerOutput
    {
        internal override OutputThread Thread { get; } = new(write);

        internal override void Write(in WorkerOutputLine line) => write(line);
    }
}

/// <summary>Output of workers, kept in memory. Safe to read from any thread.</summary>
public sealed class KeptWorkerOutput : WorkerOutput
{
    internal const int DefaultMaxLines = 10_000;

    private readonly Queue<WorkerOutputLine> _lines = new(); // Guarded by itself.
    private readonly int _maxLines;

    internal KeptWorkerOutput(int maxLines) => _maxLines = maxLines;

    /// <summary>The lines so far, oldest first.</summary>
    public IReadOnlyList<WorkerOutputLine> Lines
    {
        get
        {
            lock (_lines)
            {
                return _lines.ToArray();
            }
        }
    }

    internal override void Write(in WorkerOutputLine line)
    {
        lock (_lines)
        {
            if (_lines.Count == _maxLines)
            {
                _lines.Dequeue();
            }
            _lines.Enqueue(line);
        }
    }
}
