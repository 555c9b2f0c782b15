namespace Brood.Pool;

/// <summary>Workers that are stopped from outside while they have nothing to do.</summary>
public class UnresponsiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task The_calls_of_a_stopped_worker_run_on_others_and_it_is_replaced()
    {
        await using var pool = new WorkerPool(2);
        int[] workers = await StopOneOfTwo(pool);

        // No call has a time limit, and each is made when nothing else waits.
        for (int i = 0; i < 10; i++)
        {
            Assert.NotEqual(workers[0], await pool.CallAsync(static () => Environment.ProcessId, Token));
        }
        Task<int>[] together = [.. Enumerable.Range(0, 20).Select(_ => pool.CallAsync(static () => Environment.ProcessId, Token))];
        Assert.DoesNotContain(workers[0], await Task.WhenAll(together));

        PoolStatistics statistics = pool.GetStatistics();
        Assert.Equal((0L, 0L, 0L), (statistics.Crashed, statistics.Killed, statistics.Failed));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pool_whose_only_worker_is_stopped_replaces_it()
    {
        await using var pool = new WorkerPool(1);
        int first = await pool.CallAsync(static () => Environment.ProcessId, Token);
        Native.Kill(first, Native.SIGSTOP);

        int next = await pool.CallAsync(static () => Environment.ProcessId, Token);

        Assert.NotEqual(first, next);
        Assert.Equal(1, pool.GetStatistics().Unresponsive);
        SpinWait.SpinUntil(() => !Leftovers.IsAlive(first) || Token.IsCancellationRequested);
        Assert.False(Leftovers.IsAlive(first));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_time_limit_that_passes_at_a_stopped_worker_names_it()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Call = new CallOptions { Timeout = TimeSpan.FromSeconds(2) } });
        int first = await pool.CallAsync(static () => Environment.ProcessId, Token);
        Native.Kill(first, Native.SIGSTOP);

        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => pool.CallAsync(static () => 1, Token));

        Assert.False(error.Started);
        Assert.Contains($"it had been handed to worker {first}, which had not taken it", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(first, await pool.With(CallOptions.Default).CallAsync(static () => Environment.ProcessId, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_goes_on_before_it_is_given_up_serves_on()
    {
        await using var pool = new WorkerPool(1);
        int first = await pool.CallAsync(static () => Environment.ProcessId, Token);
        Native.Kill(first, Native.SIGSTOP);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<int> cancelled = pool.CallAsync(static () => 1, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Task<int> call = pool.CallAsync(static () => Environment.ProcessId, Token);

        Native.Kill(first, Native.SIGCONT);

        Assert.Equal(first, await call);
        Assert.Equal(0, pool.GetStatistics().Unresponsive);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_map_does_without_a_stopped_worker()
    {
        await using var pool = new WorkerPool(2);
        await StopOneOfTwo(pool);
        var results = new List<int>();

        await foreach (int result in pool.MapAsync(static x => x, Enumerable.Range(0, 2000), null, Token))
        {
            results.Add(result);
        }

        Assert.Equal(Enumerable.Range(0, 2000), results);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_single_worker_that_is_stopped_fails_its_calls_as_not_started()
    {
        await using Worker worker = await Worker.StartAsync(null, Token);
        await worker.CallAsync(static () => 1, Token);
        Native.Kill(worker.ProcessId, Native.SIGSTOP);

        Task<int>[] calls = [.. Enumerable.Range(0, 3).Select(_ => worker.CallAsync(static () => 1, Token))];

        foreach (Task<int> call in calls)
        {
            var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => call);
            Assert.Equal((false, ExitReason.Unresponsive), (error.Started, error.Exit.Reason));
            Assert.Contains("ran nothing and took no call", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(ExitReason.Unresponsive, (await worker.Exited).Reason);
    }

    private static async Task<int[]> StopOneOfTwo(WorkerPool pool)
    {
        await pool.WarmUpAsync(Token);
        int[] workers = [.. pool.GetStatistics().Workers.Select(static worker => worker.ProcessId)];
        // Both are set up: each has served a call.
        using var gate = new Gate();
        Task[] calls = [.. workers.Select(_ => pool.CallAsync(Gate.Wait, gate.Path, Token))];
        SpinWait.SpinUntil(() => Token.IsCancellationRequested || pool.GetStatistics().Workers.All(static worker => worker.Function is not null));
        gate.Open();
        await Task.WhenAll(calls);
        Native.Kill(workers[0], Native.SIGSTOP);
        return workers;
    }
}
