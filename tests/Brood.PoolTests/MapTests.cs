using System.Runtime.CompilerServices;

namespace Brood.Pool;

public sealed class MapTests : IAsyncLifetime
{
    private readonly WorkerPool _pool = new(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData(true, 0, 0)]
    [InlineData(true, 1, 3)]
    [InlineData(true, 7, 0)]
    [InlineData(false, 0, 0)]
    [InlineData(false, 100, 50)]
    public async Task Every_item_arrives_once_and_in_order_if_asked(bool ordered, int chunkSize, int maxInFlight)
    {
        var options = new MapOptions { Ordered = ordered, ChunkSize = chunkSize, MaxInFlight = maxInFlight };
        List<int> results = await Collect(_pool.MapAsync(static x => x * 3, Enumerable.Range(0, 2000), options, Token));

        Assert.Equal(Enumerable.Range(0, 2000).Select(static x => x * 3), ordered ? results : results.Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_item_that_hears_of_its_timeout_is_the_only_one_to_blame()
    {
        using var never = new CancellationTokenSource();
        CancellationToken token = never.Token;
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Call = new CallOptions { Timeout = TimeSpan.FromSeconds(1) } });
        await pool.WarmUpAsync(Token);
        var results = new List<MapResult<int>>();
        await foreach (MapResult<int> result in pool.MapResultsAsync(
            i =>
            {
                if (i == 1)
                {
                    token.WaitHandle.WaitOne();
                }
                token.ThrowIfCancellationRequested();
                return i;
            },
            Enumerable.Range(0, 4), new MapOptions { ChunkSize = 4 }, Token))
        {
            results.Add(result);
        }

        Assert.True(Assert.IsType<CallTimeoutException>(results[1].Error).Started);
        Assert.Equal([0, 2, 3], results.Where(static result => result.Succeeded).Select(static result => result.Value));
    }

    [Fact]
    public void A_function_that_returns_a_value_task_is_refused_at_the_call() =>
        Assert.Contains("AsTask()", Assert.Throws<ArgumentException>(
            () => _pool.MapAsync(static x => new ValueTask<int>(x), Enumerable.Range(0, 3), cancellationToken: Token)).Message);

    [Fact(Timeout = 60_000)]
    public async Task A_captured_sequence_is_refused_by_name()
    {
        IAsyncEnumerable<int> numbers = _pool.MapAsync(static x => x, Enumerable.Range(0, 3), cancellationToken: Token);
        var error = await Assert.ThrowsAsync<TransferException>(() => Collect(_pool.MapAsync(
            async i =>
            {
                await foreach (int number in numbers)
                {
                    i += number;
                }
                return i;
            },
            Enumerable.Range(0, 3), null, Token)));
        Assert.Contains("captured a sequence", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_that_has_handed_on_items_is_not_repeated()
    {
        var items = new List<int>();
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(async () =>
        {
            await foreach (int item in _pool.With(new CallOptions { Retries = 3 }).StreamAsync(static count => TwoThenDie(count), 2, Token))
            {
                items.Add(item);
            }
        });
        Assert.True(error.Started);
        Assert.Equal([0, 1], items);
    }

    private static async IAsyncEnumerable<int> TwoThenDie(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i;
        }
        await Task.Yield();
        Environment.Exit(9);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1, 1, false)]
    [InlineData(5, 0, false)]
    [InlineData(5, 0, true)]
    [InlineData(10, 1, false)]
    [InlineData(20, 0, true)]
    [InlineData(20, 100, false)]
    [InlineData(64, 16, true)]
    public async Task An_endless_source_is_read_exactly_as_far_ahead_as_allowed(int maxInFlight, int chunkSize, bool isAsync)
    {
        int read = 0;
        int taken = 0;
        int most = 0;
        var options = new MapOptions { MaxInFlight = maxInFlight, ChunkSize = chunkSize };
        IEnumerable<object> items = Endless(() => Interlocked.Increment(ref read)).Select(static x => x % 7 == 3 ? new MemoryStream() : (object)x);
        // One in seven cannot cross: it counts as the others do.
        await foreach (MapResult<string> result in isAsync
            ? _pool.MapResultsAsync(static x => $"{x}", InBursts(items, Token), options, Token) : _pool.MapResultsAsync(static x => $"{x}", items, options, Token))
        {
            taken++;
            most = Math.Max(most, Volatile.Read(ref read) - taken);
            Assert.Equal(result.Index % 7 != 3, result.Succeeded);
            if (taken == 1000)
            {
                break;
            }
        }
        Assert.InRange(most, 0, maxInFlight);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_source_throws_comes_after_the_results_before_it()
    {
        var results = new List<int>();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (int result in _pool.MapAsync(static x => x, Breaking(), null, Token))
            {
                results.Add(result);
            }
        });
        Assert.Equal("source", error.Message);
        Assert.Equal(Enumerable.Range(0, 50), results);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_source_may_be_asynchronous_and_slower_than_the_workers()
    {
        Assert.Equal(Enumerable.Range(1, 100), await Collect(_pool.MapAsync(static x => x + 1, Slow(100, Token), null, Token)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Leaving_a_map_stops_its_work()
    {
        using var counters = new Counters(1);
        string path = counters.Path;
        await foreach (int _ in _pool.MapAsync(x => Counters.Count(path, 0), Endless(static () => { }), new MapOptions { ChunkSize = 1 }, Token))
        {
            break;
        }

        // Whatever was under way is stopped or done when a call that was made afterwards has run on each worker.
        await _pool.JoinAsync(Token);
        int ran = counters[0];
        Assert.InRange(ran, 1, 1000);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("left")]
    [InlineData("cancelled")]
    [InlineData("failed")]
    public async Task A_source_that_blocks_does_not_keep_a_map_that_has_ended(string how)
    {
        using var blocked = new SemaphoreSlim(0);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var disposed = new TaskCompletionSource<bool>();
        bool isReleased = false;
        Func<int, int> function = how == "failed" ? static x => throw new ArgumentException($"{x}") : static x => x;
        await using IAsyncEnumerator<int> results =
            _pool.MapAsync(function, OneThenBlocks(blocked, () => disposed.SetResult(isReleased)), null, source.Token).GetAsyncEnumerator(Token);
        switch (how)
        {
            case "failed":
                await Assert.ThrowsAsync<ArgumentException>(async () => await results.MoveNextAsync());
                break;
            case "cancelled":
                Assert.True(await results.MoveNextAsync());
                Task<bool> next = results.MoveNextAsync().AsTask();
                await source.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
                break;
            default:
                Assert.True(await results.MoveNextAsync());
                break;
        }

        await results.DisposeAsync();

        // It is still in MoveNext: it is disposed by whoever called that, afterwards, and not from under it.
        Assert.False(disposed.Task.IsCompleted);
        Volatile.Write(ref isReleased, true);
        blocked.Release();
        Assert.True(await disposed.Task.WaitAsync(Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task In_a_chunk_that_dies_only_the_item_that_ran_is_to_blame()
    {
        using var counters = new Counters(100);
        string path = counters.Path;
        var failed = new List<long>();
        await foreach (MapResult<int> result in _pool.MapResultsAsync(x => DieAt(path, x, 42), Enumerable.Range(0, 100), new MapOptions { ChunkSize = 25 }, Token))
        {
            if (!result.Succeeded)
            {
                failed.Add(result.Index);
                Assert.True(Assert.IsType<WorkerCrashedException>(result.Error).Started);
            }
        }
        Assert.Equal([42L], failed);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(1, counters[i]));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_item_of_a_chunk_is_retried_as_often_as_declared_and_no_other_is()
    {
        using var counters = new Counters(100);
        string path = counters.Path;
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 2, Call = new CallOptions { Retries = 1 } });
        int failures = 0;
        await foreach (MapResult<int> result in pool.MapResultsAsync(x => DieAt(path, x, 42), Enumerable.Range(0, 100), new MapOptions { ChunkSize = 25 }, Token))
        {
            failures += result.Succeeded ? 0 : 1;
        }
        Assert.Equal(1, failures);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(i == 42 ? 2 : 1, counters[i]));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_map_ends_at_the_first_failure_and_one_of_results_goes_on()
    {
        var results = new List<int>();
        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await foreach (int result in _pool.MapAsync(ThrowAtTen, Enumerable.Range(0, 1000), null, Token))
            {
                results.Add(result);
            }
        });
        Assert.Equal(Enumerable.Range(0, 10), results);

        List<MapResult<int>> all = await Collect(_pool.MapResultsAsync(ThrowAtTen, Enumerable.Range(0, 1000), null, Token));
        Assert.Equal(1000, all.Count);
        Assert.IsType<ArgumentException>(Assert.Single(all, static result => !result.Succeeded).Error);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("throws", typeof(ArgumentException))]
    [InlineData("ends its worker", typeof(WorkerCrashedException))]
    [InlineData("has a result that cannot cross", typeof(TransferException))]
    public async Task The_exception_that_ends_a_map_says_which_item_it_was(string what, Type expected)
    {
        Func<int, object> function = what switch
        {
            "throws" => static x => ThrowAtTen(x),
            "ends its worker" => static x => x == 10 ? Die() : x,
            _ => static x => x == 10 ? new MemoryStream() : x,
        };
        foreach (bool ordered in new[] { true, false })
        {
            Exception error = await Assert.ThrowsAsync(
                expected, () => Collect(_pool.MapAsync(function, Enumerable.Range(0, 100), new MapOptions { Ordered = ordered, ChunkSize = 8 }, Token)));
            Assert.Equal(10L, error.Data["Brood.ItemIndex"]);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task So_does_that_of_an_item_that_cannot_cross_and_that_of_a_map_without_results()
    {
        object[] items = [1, 2, new MemoryStream(), 4];
        var refused = await Assert.ThrowsAsync<TransferException>(() => Collect(_pool.MapAsync(static x => $"{x}", items, null, Token)));
        Assert.Equal(2L, refused.Data["Brood.ItemIndex"]);

        var thrown = await Assert.ThrowsAsync<ArgumentException>(() => _pool.ForEachAsync(static x => { ThrowAtTen(x); }, Enumerable.Range(0, 100), null, Token));
        Assert.Equal(10L, thrown.Data["Brood.ItemIndex"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_exception_that_takes_no_note_ends_a_map_as_it_is()
    {
        var closed = await Assert.ThrowsAsync<ClosedException>(() => Collect(_pool.MapAsync(ThrowClosed, Enumerable.Range(0, 3), null, Token)));
        Assert.Equal("closed", closed.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task ForEach_calls_for_each_and_ends_at_the_first_failure()
    {
        using var counters = new Counters(100);
        string path = counters.Path;
        await _pool.ForEachAsync(x => { Counters.Count(path, x); }, Enumerable.Range(0, 100), null, Token);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(1, counters[i]));
        await Assert.ThrowsAsync<ArgumentException>(() => _pool.ForEachAsync(static x => { ThrowAtTen(x); }, Enumerable.Range(0, 100), null, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelling_a_map_stops_functions_that_hang()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var counters = new Counters(1);
        string path = counters.Path;
        Task<List<int>> map = Collect(_pool.MapAsync(_ => CountAndSpin(path), Enumerable.Range(0, 10), null, source.Token));
        SpinWait.SpinUntil(() => counters[0] > 0 || Token.IsCancellationRequested);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map);
        Assert.Equal(2, await _pool.CallAsync(static () => 2, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_time_limit_holds_for_each_item()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 2, Call = new CallOptions { Timeout = TimeSpan.FromSeconds(1) } });
        List<MapResult<int>> all = await Collect(pool.MapResultsAsync(HangAtFive, Enumerable.Range(0, 20), new MapOptions { ChunkSize = 10 }, Token));
        Assert.Equal(20, all.Count);
        MapResult<int> late = Assert.Single(all, static result => !result.Succeeded);
        Assert.Equal(5, late.Index);
        Assert.True(Assert.IsType<CallTimeoutException>(late.Error).Started);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_item_that_cannot_cross_fails_alone()
    {
        object[] items = [1, 2, new MemoryStream(), 4];
        List<MapResult<string>> all = await Collect(_pool.MapResultsAsync(static x => $"{x}", items, null, Token));
        Assert.Equal([true, true, false, true], all.Select(static result => result.Succeeded));
        Assert.IsType<TransferException>(all[2].Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_limit_of_waiting_calls_does_not_refuse_the_items_of_a_map()
    {
        using var counters = new Counters(1);
        string path = counters.Path;
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 2, MaxQueuedCalls = 1 });
        var options = new MapOptions { ChunkSize = 1 };

        await pool.ForEachAsync(x => { Counters.Count(path, 0); }, Enumerable.Range(0, 500), options, Token);
        List<MapResult<int>> all = await Collect(pool.MapResultsAsync(static x => x, Enumerable.Range(0, 500), options, Token));

        Assert.Equal(500, counters[0]);
        Assert.Equal(500, all.Count);
        Assert.All(all, static result => Assert.True(result.Succeeded));
        Assert.Equal(0, pool.GetStatistics().Refused);
    }

    private static async Task<List<T>> Collect<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (T item in items)
        {
            all.Add(item);
        }
        return all;
    }

    private static int DieAt(string path, int x, int deadly)
    {
        Counters.Count(path, x);
        if (x == deadly)
        {
            Environment.Exit(1);
        }
        return x;
    }

    private static int Die()
    {
        Environment.Exit(1);
        return 0;
    }

    private static int ThrowClosed(int x) => throw new ClosedException();

    private sealed class ClosedException() : Exception("closed")
    {
        public override System.Collections.IDictionary Data => throw new NotSupportedException();
    }

    private static int ThrowAtTen(int x) => x == 10 ? throw new ArgumentException("ten") : x;

    private static int CountAndSpin(string path)
    {
        Counters.Count(path, 0);
        return HangAtFive(5);
    }

    private static int HangAtFive(int x)
    {
        while (x == 5)
        {
        }
        return x;
    }

    private static IEnumerable<int> Endless(Action onRead)
    {
        for (int i = 0; ; i++)
        {
            onRead();
            yield return i;
        }
    }

    private static IEnumerable<int> OneThenBlocks(SemaphoreSlim blocked, Action onDisposed)
    {
        try
        {
            yield return 1;
            blocked.Wait();
        }
        finally
        {
            onDisposed();
        }
    }

    private static IEnumerable<int> Breaking()
    {
        for (int i = 0; i < 50; i++)
        {
            yield return i;
        }
        throw new InvalidOperationException("source");
    }

    /// <summary>Now the items are at hand, now they are not.</summary>
    private static async IAsyncEnumerable<object> InBursts(IEnumerable<object> items, [EnumeratorCancellation] CancellationToken token = default)
    {
        int count = 0;
        foreach (object item in items)
        {
            token.ThrowIfCancellationRequested();
            if (++count % 3 == 0)
            {
                await Task.Yield();
            }
            yield return item;
        }
    }

    private static async IAsyncEnumerable<int> Slow(int count, [EnumeratorCancellation] CancellationToken token = default)
    {
        for (int i = 0; i < count; i++)
        {
            token.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return i;
        }
    }
}
