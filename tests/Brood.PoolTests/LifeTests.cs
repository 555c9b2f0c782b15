namespace Brood.Pool;

public class LifeTests
{
    private static int s_initialized;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Initialize_runs_once_in_each_worker_before_its_first_call()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 2, Initialize = static () => s_initialized++ });

        int[] counts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => pool.CallAsync(static () => s_initialized, Token)));

        Assert.All(counts, static count => Assert.Equal(1, count));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_Initialize_that_throws_fails_each_call_once_and_clearly()
    {
        using var counters = new Counters(1);
        string path = counters.Path;
        await using var pool = new WorkerPool(new WorkerPoolOptions
        {
            Workers = 2,
            Initialize = () =>
            {
                Counters.Count(path, 0);
                throw new InvalidOperationException("no licence");
            },
        });

        Task<int>[] calls = [.. Enumerable.Range(0, 20).Select(_ => pool.CallAsync(static () => 1, Token))];
        foreach (Task<int> call in calls)
        {
            var error = await Assert.ThrowsAsync<WorkerStartException>(() => call);
            Assert.Contains("no licence", error.Message, StringComparison.Ordinal);
        }

        Assert.InRange(counters[0], 1, 2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_serves_no_more_calls_than_it_may()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 2, MaxCallsPerWorker = 5 });

        int[] workers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => pool.CallAsync(static () => Environment.ProcessId, Token)));

        Assert.All(workers.CountBy(static id => id), static worker => Assert.InRange(worker.Value, 1, 5));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(10, 0)]
    [InlineData(10, 7)]
    [InlineData(10, 500)]
    [InlineData(1, 0)]
    public async Task A_worker_serves_no_more_items_of_a_map_than_it_may_serve_calls(int maxCalls, int chunkSize)
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 2, MaxCallsPerWorker = maxCalls });
        var workers = new List<int>();

        await foreach (int processId in pool.MapAsync(static _ => Environment.ProcessId, Enumerable.Range(0, 40), new MapOptions { ChunkSize = chunkSize }, Token))
        {
            workers.Add(processId);
        }

        Assert.Equal(40, workers.Count);
        Assert.All(workers.CountBy(static id => id), worker => Assert.InRange(worker.Value, 1, maxCalls));
    }

    [Fact(Timeout = 60_000)]
    public async Task Statistics_count_the_items_of_a_map_as_calls()
    {
        await using var pool = new WorkerPool(1);
        var options = new MapOptions { ChunkSize = 10 };
        using var gate = new Gate();
        string path = gate.Path;
        Task map = pool.ForEachAsync(_ => Gate.Wait(path), Enumerable.Range(0, 25), options, Token);
        // Chunks may have fewer items than they may have; all items are there, one way or the other.
        SpinWait.SpinUntil(() => Token.IsCancellationRequested || pool.GetStatistics() is { Running: > 0 } now && now.Running + now.Queued == 25);
        gate.Open();
        await map;
        await pool.CallAsync(static () => 1, Token);

        await pool.JoinAsync(Token);

        PoolStatistics after = pool.GetStatistics();
        Assert.Equal((26L, 0L, 0L), (after.Finished, after.Running, after.Queued));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_exit_counts_the_items_that_were_done_before_the_one_that_ended_the_worker()
    {
        await using var pool = new WorkerPool(1);
        await pool.WarmUpAsync(Token);
        MapResult<int>? failed = null;
        await foreach (MapResult<int> result in pool.MapResultsAsync(ExitAtSeven, Enumerable.Range(0, 10), new MapOptions { ChunkSize = 10 }, Token))
        {
            failed = result.Succeeded ? failed : result;
        }

        Assert.Equal(7, failed!.Value.Index);
        Assert.Equal(7, Assert.IsType<WorkerCrashedException>(failed.Value.Error).Exit.CallsServed);
        await pool.JoinAsync(Token);
        Assert.Equal((9L, 1L), (pool.GetStatistics().Finished, pool.GetStatistics().Crashed));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_spare_takes_over_from_a_worker_that_crashes()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, SpareWorkers = 1 });
        await pool.WarmUpAsync(Token);
        int spare = pool.GetStatistics().Workers.Single(static worker => worker.State == "Spare").ProcessId;

        await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.CallAsync(static () => Environment.Exit(3), Token));

        Assert.Equal(spare, await pool.CallAsync(static () => Environment.ProcessId, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Warming_up_just_after_a_crash_starts_another_worker()
    {
        await using var pool = new WorkerPool(1);
        for (int round = 0; round < 10; round++)
        {
            int dead = pool.Call(static () => Environment.ProcessId);
            Assert.Throws<WorkerCrashedException>(() => pool.Call(static () => Native.Kill(Environment.ProcessId, Native.SIGKILL)));

            await pool.WarmUpAsync(Token);

            WorkerStatistics worker = Assert.Single(pool.GetStatistics().Workers);
            Assert.NotEqual(dead, worker.ProcessId);
            Assert.True(Leftovers.IsAlive(worker.ProcessId));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_idle_worker_is_joined_and_the_next_call_starts_another()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, IdleTimeout = TimeSpan.FromMilliseconds(20) });
        int first = await pool.CallAsync(static () => Environment.ProcessId, Token);

        SpinWait.SpinUntil(() => Token.IsCancellationRequested || pool.GetStatistics().Workers.Count == 0);

        Assert.False(Leftovers.IsAlive(first));
        Assert.NotEqual(first, await pool.CallAsync(static () => Environment.ProcessId, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_old_worker_is_replaced_between_two_calls()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, MaxWorkerAge = TimeSpan.FromMilliseconds(100) });
        int first = await pool.CallAsync(static () => Environment.ProcessId, Token);
        int next;
        do
        {
            next = await pool.CallAsync(static () => Environment.ProcessId, Token);
        }
        while (next == first);
        Assert.NotEqual(first, next);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_that_eats_too_much_memory_is_killed_and_told_so()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, MaxMemoryBytes = 200 << 20 });

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.CallAsync(EatAndHold, Token));

        Assert.Equal(ExitReason.MemoryLimit, error.Exit.Reason);
        Assert.True(error.Started);
        Assert.Contains($"{nameof(WorkerOptions.MaxMemoryBytes)} allows 200.0 MiB", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await pool.CallAsync(static () => 1, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_earlier_calls_of_a_pool_left_is_not_blamed_on_the_next()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, MaxMemoryBytes = 200 << 20 });

        int first = await GrowWhileIdle(pool);

        Assert.NotEqual(first, await pool.CallAsync(static () => Environment.ProcessId, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_earlier_calls_of_a_worker_left_is_not_blamed_on_the_next()
    {
        await using Worker worker = await Worker.StartAsync(new WorkerOptions { MaxMemoryBytes = 200 << 20 }, Token);

        await GrowWhileIdle(worker);

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(static () => 1, Token));
        Assert.Equal((false, ExitReason.MemoryLimit), (error.Started, error.Exit.Reason));
        Assert.Contains($"{nameof(WorkerOptions.MaxMemoryBytes)} allows 200.0 MiB", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Returns when the worker has ended all calls, and uses too much memory nevertheless.</summary>
    private static async Task<int> GrowWhileIdle(Callable workers)
    {
        using var gate = new Gate();
        using var counters = new Counters(1);
        int processId = await workers.CallAsync(GrowAfter, gate.Path, counters.Path, Token);
        gate.Open();
        SpinWait.SpinUntil(() => counters[0] > 0 || Token.IsCancellationRequested);
        return processId;
    }

    private static int GrowAfter(string gatePath, string countersPath)
    {
        new Thread(() =>
        {
            Gate.Wait(gatePath);
            s_kept = new byte[300 << 20];
            Array.Fill(s_kept, (byte)1);
            Counters.Count(countersPath, 0);
        })
        { IsBackground = true }.Start();
        return Environment.ProcessId;
    }

    [Theory(Timeout = 60_000)]
    [InlineData("spins")]
    [InlineData("is stopped")]
    [InlineData("has children")]
    [InlineData("hangs on its way out")]
    public async Task Dispose_ends_and_leaves_nothing_whatever_a_worker_does(string what)
    {
        Leftovers before = Leftovers.Now();
        var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, JoinTimeout = TimeSpan.FromMilliseconds(200) });
        int processId = await pool.CallAsync(static () => Environment.ProcessId, Token);
        Task call = what switch
        {
            "spins" => pool.CallAsync(Spin, Token),
            "has children" => pool.CallAsync(static () => System.Diagnostics.Process.Start("sleep", "1000").WaitForExit(), Token),
            "hangs on its way out" => pool.CallAsync(HangOnExit, Token),
            _ => Task.CompletedTask,
        };
        if (what == "is stopped")
        {
            Native.Kill(processId, Native.SIGSTOP);
        }

        await pool.DisposeAsync();

        Assert.False(Leftovers.IsAlive(processId));
        Leftovers.AssertNoneSince(before);
        await call.ContinueWith(static _ => { }, TaskScheduler.Default);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.CallAsync(static () => 1, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Joining_finishes_what_waits()
    {
        await using var pool = new WorkerPool(2);
        Task<int>[] calls = [.. Enumerable.Range(0, 5000).Select(i => pool.CallAsync(static x => x + 1, i, Token))];

        await pool.JoinAsync(Token);

        Assert.All(calls, static call => Assert.True(call.IsCompletedSuccessfully));
        Assert.Equal(5000, pool.GetStatistics().Finished);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_may_own_a_pool_and_wait_for_it()
    {
        await using var pool = new WorkerPool(2);

        int[] sums = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => pool.CallAsync(NestedAsync, i, Token)));

        Assert.Equal([10, 20, 30, 40], sums);
    }

    [Fact(Timeout = 60_000)]
    public async Task Many_threads_use_two_pools_at_once()
    {
        await using var one = new WorkerPool(1);
        await using var two = new WorkerPool(1);
        var sums = new long[8];
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                sums[thread] += (i % 2 == 0 ? one : two).Call(static x => x + 1, i);
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.All(sums, static sum => Assert.Equal(500_500, sum));
    }

    private static async Task<int> NestedAsync(int i)
    {
        await using var pool = new WorkerPool(1);
        return await pool.CallAsync(static x => 10 * (x + 1), i);
    }

    private static int ExitAtSeven(int x)
    {
        if (x == 7)
        {
            Environment.Exit(1);
        }
        return x;
    }

    private static byte[] s_kept = [];

    private static void EatAndHold()
    {
        s_kept = new byte[300 << 20];
        Array.Fill(s_kept, (byte)1);
        Spin();
    }

    private static void Spin()
    {
        while (true)
        {
        }
    }

    private static void HangOnExit() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Spin();
}
