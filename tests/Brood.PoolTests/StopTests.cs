namespace Brood.Pool;

public class StopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Ten_thousand_queued_calls_cancelled_together_kill_no_worker()
    {
        await using var pool = new WorkerPool(1);
        int processId = await pool.CallAsync(ProcessId, Token);
        using var gate = new Gate();
        Task blocked = pool.CallAsync(Gate.Wait, gate.Path, Token);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<int>[] calls = [.. Enumerable.Range(0, 10_000).Select(_ => pool.CallAsync(ProcessId, source.Token))];

        await source.CancelAsync();

        foreach (Task<int> call in calls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }
        Assert.Equal(0, pool.GetStatistics().Queued);
        gate.Open();
        await blocked;
        Assert.Equal(processId, await pool.CallAsync(ProcessId, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stuck_call_is_killed_and_the_others_are_unharmed()
    {
        await using var pool = new WorkerPool(2);
        await pool.WarmUpAsync(Token);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task stuck = pool.CallAsync(Spin, source.Token);
        Task<int>[] others = [.. Enumerable.Range(0, 1000).Select(i => pool.CallAsync(Double, i, Token))];

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck);
        Assert.Equal(Enumerable.Range(0, 1000).Select(Double), await Task.WhenAll(others));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_thousand_calls_time_out_at_once_and_the_pool_serves_on()
    {
        await using var pool = new WorkerPool(2);
        await pool.WarmUpAsync(Token);
        Callable limited = pool.With(new CallOptions { Timeout = TimeSpan.FromMilliseconds(500) });
        Task[] calls = [.. Enumerable.Range(0, 1000).Select(_ => limited.CallAsync(Spin, Token))];

        var errors = new List<CallTimeoutException>();
        foreach (Task call in calls)
        {
            errors.Add(await Assert.ThrowsAsync<CallTimeoutException>(() => call));
        }

        Assert.InRange(errors.Count(static error => error.Started), 1, 4);
        Assert.Equal(14, await pool.CallAsync(Double, 7, Token));
        Assert.Equal(1000, pool.GetStatistics().TimedOut);
    }

    [Fact(Timeout = 60_000)]
    public async Task Calls_of_higher_priority_are_started_first()
    {
        await using var pool = new WorkerPool(1);
        await pool.WarmUpAsync(Token);
        using var gate = new Gate();
        Task blocked = pool.CallAsync(Gate.Wait, gate.Path, Token);
        Task<int>[] low = [.. Enumerable.Range(0, 5).Select(_ => pool.CallAsync(NextTurn, Token))];
        Task<int>[] high = [.. Enumerable.Range(0, 5).Select(_ => pool.With(new CallOptions { Priority = 1 }).CallAsync(NextTurn, Token))];

        gate.Open();
        await blocked;

        // What had been sent ahead before is taken back first, or not at all: only one that waits may have been there before them.
        int[] highTurns = await Task.WhenAll(high);
        int[] lowTurns = await Task.WhenAll(low);
        Assert.Equal(highTurns.Order(), highTurns);
        Assert.Equal(lowTurns.Order(), lowTurns);
        Assert.InRange(lowTurns.Count(turn => turn < highTurns[^1]), 0, 2);
    }

    [Fact(Timeout = 60_000)]
    public async Task More_calls_than_may_wait_are_refused()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, MaxQueuedCalls = 3 });
        await pool.WarmUpAsync(Token);
        using var gate = new Gate();
        Task[] calls = [.. Enumerable.Range(0, 20).Select(_ => pool.CallAsync(Gate.Wait, gate.Path, Token))];

        Task refused = await Task.WhenAny(calls);

        var error = await Assert.ThrowsAsync<PoolSaturatedException>(() => refused);
        Assert.Equal(3, error.MaxQueuedCalls);
        gate.Open();
        await Task.WhenAll(calls.Where(static call => !call.IsFaulted));
        Assert.Equal(calls.Count(static call => call.IsFaulted), pool.GetStatistics().Refused);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_is_repeated_only_as_often_as_declared()
    {
        await using var pool = new WorkerPool(1);
        using var counters = new Counters(3);

        await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.CallAsync(DieUntil, counters.Path, 0, 100, Token));
        await Assert.ThrowsAsync<WorkerCrashedException>(
            () => pool.With(new CallOptions { Retries = 2 }).CallAsync(DieUntil, counters.Path, 1, 100, Token));
        int answer = await pool.With(new CallOptions { Retries = 2 }).CallAsync(DieUntil, counters.Path, 2, 3, Token);

        Assert.Equal((1, 3, 3, 3), (counters[0], counters[1], counters[2], answer));
    }

    private static int s_turns;

    private static int NextTurn() => ++s_turns;

    private static int ProcessId() => Environment.ProcessId;

    private static int Double(int value) => 2 * value;

    private static void Spin()
    {
        while (true)
        {
        }
    }

    private static int DieUntil(string path, int index, int lastRun)
    {
        int run = Counters.Count(path, index);
        if (run < lastRun)
        {
            Native.Kill(Environment.ProcessId, Native.SIGKILL);
            Spin();
        }
        return run;
    }
}
