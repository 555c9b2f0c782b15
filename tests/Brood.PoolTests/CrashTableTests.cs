using Brood.Platform;
using Brood.Pool.Deaths;

namespace Brood.Pool;

/// <summary>Every phase of a call, every failure: what its caller is told, and that the pool serves on.</summary>
public class CrashTableTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Cells() => new(CrashTable.Cells);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Cells))]
    public async Task Whatever_fails_in_whatever_phase_has_its_exception_and_the_pool_serves_on(string phase, string failure)
    {
        string expected = CrashTable.Cell(phase, failure);
        Assert.SkipWhen(expected.StartsWith(CrashTable.Skip, StringComparison.Ordinal), expected);

        string outcome = await OutcomeOf(phase, failure);

        Assert.Equal(expected, outcome);
    }

    private static async Task<string> OutcomeOf(string phase, string failure)
    {
        var options = new WorkerPoolOptions
        {
            Workers = 1,
            JoinTimeout = TimeSpan.FromSeconds(1),
            StartTimeout = TimeSpan.FromSeconds(phase == "start" && failure == Failures.Hang ? 1 : 20),
            RestartIntensity = 1,
            Environment = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "8000000" },
            Output = WorkerOutput.Relay,
        };
        int host = Environment.ProcessId;
        string outcome;
        var pool = new WorkerPool(phase == "start" ? options with { Initialize = () => Failures.Fail(failure) } : options);
        await using (pool)
        {
            Callable limited = pool.With(new CallOptions { Timeout = TimeSpan.FromSeconds(failure == Failures.Hang && phase != "start" ? 2 : 30) });
            using var gate = new Gate();
            if (phase != "start")
            {
                await pool.WarmUpAsync(Token);
            }
            Task<int> call = phase switch
            {
                "encode arguments" => limited.CallAsync(static x => x.Count(), Enumerable.Range(0, 3).Select(static x => x), Token),
                "decode" => limited.CallAsync(static x => x.Count, new SortedSet<int>(new FailingComparer(failure, host)) { 1, 2, 3 }, Token),
                "encode result" when failure == Failures.Throws =>
                    Length(limited.CallAsync(static () => Enumerable.Range(0, 3).Select(static x => x), Token)),
                "encode result" => limited.CallAsync(ThrowFailing, failure, host, Token),
                "return" => limited.CallAsync(FailWhenFlushed, failure, Token),
                "send" => await SendAsync(pool, limited, failure),
                "idle" => limited.CallAsync(FailWhenIdle, failure, gate.Path, Token),
                "join" => limited.CallAsync(FailOnExit, failure, Token),
                _ => limited.CallAsync(Failures.FailThenOne, failure, Token),
            };
            outcome = await Describe(call);
            if (phase == "idle")
            {
                AwaitIdleFailure(pool, failure, gate);
            }
            if (phase is not "start" and not "join")
            {
                Assert.Equal(2, await pool.CallAsync(static () => 2, Token));
                Assert.Single(pool.GetStatistics().Workers, static worker => worker.State is "Idle" or "Running");
            }
        }
        Assert.Empty(pool.GetStatistics().Workers);
        return outcome;
    }

    /// <summary>The call is in the ring, and the worker has not claimed it.</summary>
    private static async Task<Task<int>> SendAsync(WorkerPool pool, Callable limited, string failure)
    {
        int processId = pool.GetStatistics().Workers.Single().ProcessId;
        if (failure == Failures.Segfault)
        {
            using var stage = new Stage(pool, processId);
            await pool.CallAsync(Victims.ArmWhenIdle, Areas.Calls, Token);
            stage.AwaitTrap();
            return limited.CallAsync(static () => 1, Token);
        }
        Native.Kill(processId, Native.SIGSTOP);
        Task<int> call = limited.CallAsync(static () => 1, Token);
        switch (failure)
        {
            case Failures.Kill:
                Native.Kill(processId, Native.SIGKILL);
                break;
            case Failures.Rubbish:
                Failures.WriteRubbish($"/proc/{processId}/fd/{LinuxWorkerFds.Region}");
                break;
            default:
                await Describe(call);
                Native.Kill(processId, Native.SIGCONT);
                break;
        }
        return call;
    }

    private static int ThrowFailing(string how, int host) => throw new FailingException(how, host);

    /// <summary>The worker flushes its console after the function, before it sends the result.</summary>
    private static int FailWhenFlushed(string how)
    {
        Console.SetOut(new FailingWriter(how));
        return 1;
    }

    private static int FailWhenIdle(string how, string gatePath)
    {
        new Thread(() =>
        {
            Gate.Wait(gatePath);
            Failures.Fail(how);
        })
        { IsBackground = true }.Start();
        return 1;
    }

    private static void AwaitIdleFailure(WorkerPool pool, string failure, Gate gate)
    {
        int processId = pool.GetStatistics().Workers.Single().ProcessId;
        gate.Open();
        if (failure == Failures.Rubbish)
        {
            SpinWait.SpinUntil(() => Token.IsCancellationRequested || !Leftovers.IsAlive(processId) || Leftovers.IsStopped(processId));
        }
        else if (failure is not (Failures.Hang or Failures.ClosesPipe))
        {
            SpinWait.SpinUntil(() => Token.IsCancellationRequested || !Leftovers.IsAlive(processId));
        }
    }

    private static int FailOnExit(string how)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Failures.Fail(how);
        return 1;
    }

    private static async Task<int> Length(Task<IEnumerable<int>> list) => (await list).Count();

    private static async Task<string> Describe(Task<int> call)
    {
        try
        {
            await call;
            return "result";
        }
        catch (WorkerCrashedException e)
        {
            return $"crash {e.Exit.Reason}{(e.Exit.Signal is { } signal ? " " + signal : "")}, {(e.Started ? "started" : "not started")}";
        }
        catch (CallTimeoutException e)
        {
            return $"CallTimeout, {(e.Started ? "started" : "not started")}";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }
}
