using Brood.Workers;

namespace Brood.Pool;

/// <summary>One random history of a pool, from a seed: what may happen, and what must hold after each step.</summary>
internal sealed class SchedulerHistory
{
    /// <summary>The most that the clock moves at a time; looks are no more often than that.</summary>
    private static readonly TimeSpan s_longestStep = TimeSpan.FromMilliseconds(3300);

    private readonly Random _random;
    private readonly FakeWorkers _workers;
    private readonly List<CancellationTokenSource> _tokens = [];
    private readonly int _refusedAtMost;
    private int _refused;
    private Task? _end;
    private bool _isKilled;

    public SchedulerHistory(int seed)
    {
        _random = new Random(seed);
        _refusedAtMost = Chance(4) ? 1 + _random.Next(5) : 0;
        _workers = new FakeWorkers(new WorkerPoolOptions
        {
            Workers = 1 + _random.Next(4),
            SpareWorkers = Chance(3) ? 1 + _random.Next(2) : 0,
            MaxCallsPerWorker = Chance(3) ? 1 + _random.Next(4) : 0,
            MaxWorkerAge = Chance(4) ? TimeSpan.FromSeconds(1) : Timeout.InfiniteTimeSpan,
            IdleTimeout = Chance(4) ? TimeSpan.FromMilliseconds(200) : Timeout.InfiniteTimeSpan,
            MaxMemoryBytes = Chance(4) ? 1000 : 0,
            MaxQueuedCalls = _refusedAtMost,
        });
        _workers.WhileCopying = link =>
        {
            _workers.CopyFails = Chance(8);
            if (Chance(3))
            {
                Disturb(link);
            }
        };
    }

    public void Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Step();
            Check();
        }
        End();
    }

    private bool Chance(int oneOf) => _random.Next(oneOf) == 0;

    private T? Any<T>(IEnumerable<T> items) where T : class
    {
        T[] all = [.. items];
        return all.Length == 0 ? null : all[_random.Next(all.Length)];
    }

    private void Step()
    {
        switch (_random.Next(17))
        {
            case 0 or 1 or 2 when _end is null:
                Submit();
                break;
            case 3:
                FinishStart();
                break;
            case 4 when Chance(6) && _workers.Starting.Count > 0:
                _workers.FailStart(_random.Next(_workers.Starting.Count));
                break;
            case 5 when Chance(4) && Any(_workers.Alive) is { } crashing:
                _workers.Die(crashing, crashing.Killed ?? ExitReason.Signal);
                break;
            case 6:
                Any(_tokens)?.Cancel();
                break;
            case 7:
                _workers.Clock.Advance(TimeSpan.FromMicroseconds(_random.Next(6) switch { 0 => 10, 1 => 100, 2 => 2100, 3 => 60_000, 4 => 300_000, _ => 1_100_000 * (1 + _random.Next(3)) }));
                break;
            case 8 when Any(_workers.Alive) is { } link:
                link.MemoryBytes = Chance(3) ? 2000 : 10;
                link.HangsWhenJoined = Chance(8);
                link.IsFull = Chance(8);
                link.IsStopped = Chance(8);
                link.IsSetUp |= Chance(2);
                break;
            case 9 when Chance(30):
                _end ??= _workers.Scheduler.JoinAsync();
                break;
            case 10 when Chance(40):
                Kill();
                break;
            case 11 when _end is null && Chance(10):
                _ = _workers.Scheduler.WarmUpAsync(CancellationToken.None).Exception;
                break;
            case 12:
                _workers.TryCopy(_random.Next(100));
                break;
            default:
                AdvanceAny();
                break;
        }
    }

    /// <summary>What may happen while a large call is copied into this worker.</summary>
    private void Disturb(FakeLink link)
    {
        switch (_random.Next(6))
        {
            case 0 when !link.IsGone:
                _workers.Die(link, link.Killed ?? ExitReason.Signal);
                break;
            case 1:
                Any(_tokens)?.Cancel();
                break;
            case 2:
                _workers.Clock.Advance(TimeSpan.FromMilliseconds(_random.Next(2_000)));
                break;
            case 3 when Chance(10):
                Kill();
                break;
            case 4 when Chance(10):
                _end ??= _workers.Scheduler.JoinAsync();
                break;
            default:
                AdvanceAny();
                break;
        }
    }

    private void Submit()
    {
        var token = new CancellationTokenSource();
        int items = Chance(4) ? (_workers.Options.MaxCallsPerWorker is > 0 and int most ? Math.Min(3, most) : 3) : 1;
        int open = _workers.Calls.Count(static call => !call.IsCompleted && !call.BoundsItself);
        bool isRefused = _refusedAtMost > 0 && items == 1 && open >= _workers.Options.Workers + _refusedAtMost;
        var options = new CallOptions
        {
            Priority = Chance(3) ? _random.Next(3) : 0,
            Retries = Chance(3) ? _random.Next(3) : 0,
            Timeout = Chance(5) ? TimeSpan.FromMilliseconds(1 + _random.Next(500)) : Timeout.InfiniteTimeSpan,
        };
        try
        {
            _workers.SubmitWith(options, token.Token, items, isLarge: Chance(4));
            _tokens.Add(token);
            Assert.False(isRefused, "A call was accepted though there was no room to wait.");
        }
        catch (PoolSaturatedException)
        {
            _refused++;
            Assert.True(isRefused, "A call was refused though there was room to wait.");
        }
    }

    private void Kill()
    {
        _end = _workers.Scheduler.KillAsync();
        _isKilled = true;
    }

    private void AdvanceAny()
    {
        if (Any(_workers.Alive) is { } busy)
        {
            Advance(busy);
        }
    }

    private void FinishStart()
    {
        if (_workers.Starting.Count > 0)
        {
            _workers.FinishStart(_random.Next(_workers.Starting.Count)).IsSetUp = !Chance(4);
        }
    }

    /// <summary>What a worker does by itself.</summary>
    private void Advance(FakeLink link)
    {
        if (link.Killed is { } reason && Chance(2))
        {
            _workers.Die(link, reason);
        }
        else if (link.IsStopped)
        {
        }
        else if (link.Claimed is null && link.InFlightCount == 0 && link.UntakenPosition >= 0)
        {
            link.Skip();
        }
        else if (link.Claimed is null && link.InFlightCount > 0)
        {
            link.Claim();
        }
        else if (link.Claimed is not null && !link.HasStarted)
        {
            link.Start();
        }
        else if (link.Claimed is { } item && item.Done + 1 < item.Items)
        {
            link.FinishItem();
        }
        else if (link.Claimed is not null)
        {
            link.Finish(throws: Chance(5));
        }
        else if (link.Joined is { } joined && !link.HangsWhenJoined)
        {
            _workers.Die(link, link.Killed ?? joined);
        }
    }

    private void Check()
    {
        WorkerPoolOptions options = _workers.Options;
        PoolStatistics statistics = _workers.Scheduler.GetStatistics();
        List<FakeLink> alive = _workers.Alive;
        int onWorkers = alive.Sum(static link => link.InvocationsInFlight);
        int open = _workers.Calls.Where(static call => !call.IsCompleted).Sum(static call => call.Invocations);
        Assert.Equal(open - onWorkers, statistics.Queued);
        Assert.Equal(onWorkers, statistics.Running);
        Assert.Equal(_workers.Finished, statistics.Finished);
        Assert.Equal(_refused, statistics.Refused);
        Assert.Equal(_workers.Unresponsive, statistics.Unresponsive);
        int serving = alive.Count(static link => link.Joined is null && link.Killed is null && link.Given > 0);
        Assert.True(serving <= options.Workers + 1, $"{serving} serve, of {options.Workers}");
        foreach (FakeLink link in alive)
        {
            CheckThatItTakesCalls(link);
            Assert.True(options.MaxCallsPerWorker == 0 || link.Given <= options.MaxCallsPerWorker, "A worker got more calls than it may.");
        }
        // Those that are being copied wait, too, but for nobody.
        if (_workers.Calls.Exists(static call => call.IsQueued && !call.IsEnded))
        {
            CheckThatNobodyIdles(statistics);
        }
    }

    private void CheckThatItTakesCalls(FakeLink link)
    {
        TimeSpan limit = (link.IsSetUp ? TakeWatch.Limit : _workers.Options.StartTimeout) + (4 * s_longestStep);
        Assert.False(
            link.Killed is null && link.UntakenPosition >= 0 && link.InFlightCount > 0 && _workers.Clock.GetElapsedTime(link.UntakenSince) > limit,
            "A worker that takes nothing keeps its calls.");
    }

    private void CheckThatNobodyIdles(PoolStatistics statistics)
    {
        WorkerPoolOptions options = _workers.Options;
        // When one had no room, all are asked again a little later.
        bool wasFull = _workers.Alive.Exists(
            link => link.RefusedAt is { } at && _workers.Clock.GetElapsedTime(at) < TimeSpan.FromMilliseconds(4));
        foreach (FakeLink link in _workers.Alive)
        {
            bool mayServe = link.CanServe && !(link.Given >= options.MaxCallsPerWorker && options.MaxCallsPerWorker > 0);
            // One that took nothing for long is looked at again only then.
            mayServe &= link.UntakenPosition < 0
                && !(link.SkippedAt is { } at && _workers.Clock.GetElapsedTime(at) < TakeWatch.Period + s_longestStep);
            WorkerStatistics? known = statistics.Workers.FirstOrDefault(worker => worker.ProcessId == link.ProcessId);
            Assert.False(
                mayServe && !wasFull && options.MaxMemoryBytes == 0 && link.InFlightCount == 0 && known is { State: "Idle" },
                "A call waits while a worker has nothing to do.");
        }
        Assert.True(
            statistics.Workers.Any(static worker => worker.State is "Starting" or "Idle" or "Running" or "Spare" or "Leaving"),
            "Calls wait and nobody is there to run them.");
    }

    /// <summary>Ends the pool and lets everybody do what is left.</summary>
    private void End()
    {
        _end ??= _workers.Scheduler.JoinAsync();
        for (int round = 0; !_end.IsCompleted; round++)
        {
            Assert.True(round < 3000, $"The pool does not end: {_workers.Scheduler.GetStatistics()}, {_workers.Starting.Count} start, "
                + string.Join(", ", _workers.Alive.Select(static link => $"worker with {link.InFlightCount}, joined {link.Joined}, killed {link.Killed}")));
            FinishStart();
            _workers.TryCopy();
            foreach (FakeLink link in _workers.Alive.ToArray())
            {
                link.IsFull = false;
                link.IsStopped &= link.Claimed is null; // Only a time limit ends a call that never does.
                if (_workers.Alive.Contains(link))
                {
                    Advance(link);
                }
            }
            _workers.Clock.Advance(TimeSpan.FromMilliseconds(20));
            Check();
        }
        Assert.Empty(_workers.Alive);
        Assert.Empty(_workers.Starting);
        Assert.Equal(0, _workers.CopiesOpen);
        foreach (FakeCall call in _workers.Calls)
        {
            Assert.True(call.Completions == 1, $"{call} ended {call.Completions} times");
            Assert.True(_isKilled || _workers.StartFailures > 0 || call.Error is not ObjectDisposedException, $"{call} was not finished by the join");
        }
        CheckTotals(_workers.Scheduler.GetStatistics());
    }

    private void CheckTotals(PoolStatistics statistics)
    {
        Assert.Equal(0, statistics.Queued);
        Assert.Equal(0, statistics.Running);
        Assert.Empty(statistics.Workers);
        Assert.Equal(_workers.Calls.Count(static call => call.Stop is not null), statistics.TimedOut + statistics.Cancelled);
        Assert.All(_workers.Calls, static call => Assert.True(call.Stop is not null || call.Error is not (CallTimeoutException or OperationCanceledException)));
        int lost = _workers.Calls.Count(static call => call.Error is WorkerCrashedException { Started: false });
        Assert.Equal(_workers.Crashed + lost, statistics.Crashed + statistics.Killed);
    }
}
