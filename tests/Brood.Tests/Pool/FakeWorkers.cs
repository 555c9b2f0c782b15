using Brood.Workers;
using Microsoft.Extensions.Time.Testing;

namespace Brood.Pool;

/// <summary>A scheduler on workers without processes and a clock that stands still: all that happens is said by a test.</summary>
internal sealed class FakeWorkers
{
    private static readonly Payload s_large = new(new byte[Scheduler.LargeBytes], []);

    private readonly InlineScheduler _apart = new();
    private int _lastProcessId = 1000;

    public FakeWorkers(WorkerPoolOptions options)
    {
        Options = options;
        Scheduler = new Scheduler(options, Clock, StartAsync, _apart);
    }

    public WorkerPoolOptions Options { get; }

    public FakeTimeProvider Clock { get; } = new();

    public Scheduler Scheduler { get; }

    /// <summary>Workers whose process is being started.</summary>
    public List<TaskCompletionSource<IWorkerLink>> Starting { get; } = [];

    /// <summary>Workers whose process exists.</summary>
    public List<FakeLink> Alive { get; } = [];

    public List<FakeCall> Calls { get; } = [];

    public int Finished { get; set; }

    public int Crashed { get; set; }

    public int Unresponsive { get; private set; }

    public int StartFailures { get; private set; }

    private IConnectionOwner Owner { get; set; } = null!;

    /// <summary>What happens while a large call is copied: to this worker.</summary>
    public Action<FakeLink>? WhileCopying { get; set; }

    /// <summary>The next large calls do not fit into a worker's memory.</summary>
    public bool CopyFails { get; set; }

    /// <summary>Copies that were made and neither sent nor discarded.</summary>
    public int CopiesOpen { get; set; }

    public FakeCall Submit() => SubmitWith(new CallOptions(), CancellationToken.None, 1);

    public FakeCall SubmitLarge() => SubmitLargeWith(CancellationToken.None);

    public FakeCall SubmitLargeWith(CancellationToken token) => SubmitWith(new CallOptions(), token, 1, isLarge: true);

    /// <summary>Makes one of the large copies that are due.</summary>
    public bool TryCopy(int random = 0) => _apart.TryCopy(random);

    public FakeCall SubmitWith(CallOptions options, CancellationToken token, int items, bool isLarge = false)
    {
        var call = new FakeCall(options, items) { Number = Calls.Count, Payload = isLarge ? s_large : default };
        Scheduler.Dispatch(call);
        Calls.Add(call);
        call.WatchFor(token, Clock, Scheduler.Stop);
        return call;
    }

    public FakeLink FinishStart(int index = 0)
    {
        TaskCompletionSource<IWorkerLink> start = Starting[index];
        Starting.RemoveAt(index);
        var link = new FakeLink(Owner, this, ++_lastProcessId);
        Alive.Add(link);
        start.SetResult(link);
        return link;
    }

    public void FailStart(int index = 0, Exception? error = null)
    {
        TaskCompletionSource<IWorkerLink> start = Starting[index];
        Starting.RemoveAt(index);
        StartFailures++;
        start.SetException(error ?? new WorkerStartException("no", new WorkerExit { ProcessId = 1, Reason = ExitReason.FailedToStart }));
    }

    public void Die(FakeLink link, ExitReason reason)
    {
        Alive.Remove(link);
        link.Die(reason);
    }

    /// <summary>From a worker that is given a call: whether it is that call's turn.</summary>
    public void CheckTurn(FakeCall sent)
    {
        foreach (FakeCall other in Calls)
        {
            bool isBefore = other.Options.Priority > sent.Options.Priority
                || (other.Options.Priority == sent.Options.Priority && other.Order < sent.Order);
            Assert.False(other != sent && other.IsQueued && !other.IsEnded && isBefore, $"{sent} was sent before {other}");
        }
    }

    /// <summary>From a worker that is given a call: whether that may be blamed for what earlier ones left.</summary>
    public void CheckMemory(FakeLink link) => Assert.False(
        Options.MaxMemoryBytes > 0 && link.InFlightCount == 0 && link.MemoryBytes > Options.MaxMemoryBytes
            && Clock.GetElapsedTime(link.MemorySince) >= WorkerConnection.MemoryPeriod,
        "An idle worker got a call though it had used too much memory for long.");

    /// <summary>From a worker that is killed for taking nothing: whether that is so, and no call is harmed.</summary>
    public void CheckUnresponsive(FakeLink link)
    {
        Unresponsive++;
        Assert.True(link.UntakenPosition >= 0, "A worker that has taken what it was handed was killed for taking nothing.");
        TimeSpan least = link.IsSetUp ? TakeWatch.Period : Options.StartTimeout;
        Assert.True(Clock.GetElapsedTime(link.UntakenSince) >= least, "A worker was killed that had no time to take anything.");
    }

    public void OnStarted(FakeCall call)
    {
        call.Starts++;
        call.TotalStarts++;
        Assert.True(call.Starts <= 1 + call.Options.Retries, $"{call} was started too often");
    }

    private Task<IWorkerLink> StartAsync(IConnectionOwner owner, WorkerPoolOptions options, CancellationToken token)
    {
        Owner = owner;
        var start = new TaskCompletionSource<IWorkerLink>();
        Starting.Add(start);
        token.UnsafeRegister(
            _ =>
            {
                if (Starting.Remove(start))
                {
                    start.SetCanceled(token);
                }
            },
            null);
        return start.Task;
    }

    /// <summary>Runs all at once, but large copies when a test says so.</summary>
    private sealed class InlineScheduler : TaskScheduler
    {
        private readonly List<Task> _copies = [];

        public bool TryCopy(int random)
        {
            if (_copies.Count == 0)
            {
                return false;
            }
            Task copy = _copies[random % _copies.Count];
            _copies.Remove(copy);
            return TryExecuteTask(copy);
        }

        protected override IEnumerable<Task>? GetScheduledTasks() => null;

        protected override void QueueTask(Task task)
        {
            if ((task.CreationOptions & TaskCreationOptions.PreferFairness) != 0)
            {
                _copies.Add(task);
                return;
            }
            TryExecuteTask(task);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);
    }
}
