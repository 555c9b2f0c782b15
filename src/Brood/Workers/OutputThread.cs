namespace Brood.Workers;

/// <summary>The thread that hands lines to one consumer which may block: the host's console, or a method of the user's.</summary>
/// <remarks>
/// One for all workers of the consumer, which gets one line at a time. Whoever blocks in the consumer blocks this thread
/// and nobody else: the supervisor and the readers of results only queue lines here. It starts with the first line, and
/// ends when all lines are written and no worker is left that could write another.
/// </remarks>
internal sealed class OutputThread(Action<WorkerOutputLine> write)
{
    private readonly object _gate = new();
    private readonly Queue<Entry> _lines = new(); // Guarded by _gate, like all below.
    private int _relays;
    private volatile Thread? _thread;

    // A class: collections of own structs are compiled anew in each process, before its first worker is started.
    private sealed record Entry(OutputRelay Relay, WorkerOutputLine Line);

    /// <summary>Whether the consumer is the one who asks: it cannot wait for itself.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Keeps the thread until <see cref="Leave"/>.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            _relays++;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _relays--;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Never blocks; how much may wait here is the business of the relay.</summary>
    public void Add(OutputRelay relay, in WorkerOutputLine line)
    {
        lock (_gate)
        {
            _lines.Enqueue(new Entry(relay, line));
            if (_thread is not null)
            {
                Monitor.Pulse(_gate);
                return;
            }
            _thread = new Thread(Run) { IsBackground = true, Name = "Brood output" };
            // Without what flows with the call that happened to come first.
            _thread.UnsafeStart();
        }
    }

    private void Run()
    {
        while (true)
        {
            Entry? next;
            lock (_gate)
            {
                while (!_lines.TryDequeue(out next))
                {
                    if (_relays == 0)
                    {
                        _thread = null;
                        return;
                    }
                    Monitor.Wait(_gate);
                }
            }
            try
            {
                write(next.Line);
            }
            catch (Exception)
            {
                // A closed console or a callback that throws must not cost the others their output.
            }
            next.Relay.OnWritten(next.Line);
        }
    }
}
