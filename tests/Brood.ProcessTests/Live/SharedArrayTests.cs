namespace Brood.Live;

/// <summary>Memory that host and workers see at once: who has it, for how long, and that nobody has it any longer.</summary>
public class SharedArrayTests
{
    private static SharedArray<int>? s_kept; // In the worker.

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Both_sides_see_what_the_other_wrote()
    {
        await using Worker worker = await Worker.StartAsync();
        using var array = new SharedArray<int>(1000);
        array[0] = 41;
        Assert.Equal(41, await worker.CallAsync(static given =>
        {
            given[999] = 42;
            return given[0];
        }, array));
        Assert.Equal(42, array.Span[999]);
        Assert.Equal(42, array.Memory.Span[999]);

        // Captured, and a second worker.
        await using Worker other = await Worker.StartAsync();
        Assert.Equal(42, await other.CallAsync(() => array[999]));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_array_longer_than_a_span_crosses_as_a_handle()
    {
        await using Worker worker = await Worker.StartAsync();
        using var array = new SharedArray<byte>(3L << 30);
        await worker.CallAsync(static given => given.Slice(given.Length - 5, 5).Fill(7), array);
        Assert.Equal(7, array[array.Length - 1]);
        Assert.Contains(nameof(SharedArray<byte>.Slice), Assert.Throws<InvalidOperationException>(() => array.Span.Length).Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_function_may_make_an_array_and_return_it()
    {
        await using Worker worker = await Worker.StartAsync();
        using SharedArray<double> made = await worker.CallAsync(static () =>
        {
            var array = new SharedArray<double>(10);
            array[3] = 0.5;
            return array;
        });
        await worker.KillAsync();
        Assert.Equal(0.5, made[3]);
        Assert.Equal(10, made.Length);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task The_same_array_may_be_an_argument_again_and_again_whether_its_function_disposes_it_or_not()
    {
        await using Worker worker = await Worker.StartAsync();
        using var array = new SharedArray<int>(10);
        for (int i = 0; i < 200; i++)
        {
            array[0] = i;
            Assert.Equal(i, await worker.CallAsync(static (given, dispose) =>
            {
                int first = given[0];
                if (dispose)
                {
                    given.Dispose();
                }
                return first;
            }, array, i % 2 == 0));
        }
        Assert.Equal(1, await worker.CallAsync(CountMapped));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_worker_lets_go_of_an_array_when_its_host_has()
    {
        await using Worker worker = await Worker.StartAsync();
        for (int i = 0; i < 5; i++)
        {
            // More than what may linger.
            using var array = new SharedArray<byte>(80 << 20);
            await worker.CallAsync(static given => given[0] = 1, array);
        }
        Assert.Equal(0, await worker.CallAsync(static () =>
        {
            GC.WaitForPendingFinalizers();
            return CountMapped();
        }));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_array_that_a_function_keeps_stays_when_its_host_has_disposed_it()
    {
        await using Worker worker = await Worker.StartAsync();
        using (var array = new SharedArray<int>(10))
        {
            array[5] = 55;
            await worker.CallAsync(static given => { s_kept = given; }, array);
        }
        Assert.Equal(55, await worker.CallAsync(static () => s_kept![5]));
        await worker.CallAsync(static () => s_kept!.Dispose());
        Assert.Equal(0, await worker.CallAsync(CountMapped));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_array_may_be_disposed_as_soon_as_the_call_is_made()
    {
        await using var pool = new WorkerPool(1);
        using var goOn = new CancellationTokenSource();
        Task first = pool.CallAsync(static token => { token.WaitHandle.WaitOne(); }, goOn.Token);
        var calls = new List<Task<int>>();
        for (int i = 0; i < 50; i++)
        {
            using var array = new SharedArray<int>(10);
            array[0] = i;
            calls.Add(pool.CallAsync(static given => given[0], array));
        }
        await goOn.CancelAsync();
        await first;
        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(calls));
        Assert.Equal(0, CountMapped());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Calls_that_were_taken_back_leave_no_array_behind()
    {
        await using Worker worker = await Worker.StartAsync();
        using var goOn = new CancellationTokenSource();
        using var cancel = new CancellationTokenSource();
        Task first = worker.CallAsync(static token => { token.WaitHandle.WaitOne(); }, goOn.Token);
        var calls = new List<Task<int>>();
        for (int i = 0; i < 100; i++)
        {
            using var array = new SharedArray<int>(10);
            calls.Add(worker.CallAsync(static given => given[0], array, cancel.Token));
        }
        await cancel.CancelAsync();
        foreach (Task<int> call in calls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }
        await goOn.CancelAsync();
        await first;
        Assert.Equal(0, CountMapped());
        Assert.Equal(0, await worker.CallAsync(CountMapped));
        using var last = new SharedArray<int>(10);
        Assert.Equal(0, await worker.CallAsync(static given => given[0], last));
    }

    [Theory]
    [InlineData(1L << 50)]
    [InlineData(long.MaxValue)]
    public void More_than_there_is_is_refused_when_it_is_asked_for(long length) =>
        Assert.Contains("bytes of shared memory", Assert.Throws<OutOfMemoryException>(() => new SharedArray<long>(length)).Message);

    [Fact]
    public void A_disposed_array_says_so()
    {
        var array = new SharedArray<int>(1);
        array.Dispose();
        array.Dispose();
        Assert.Throws<ObjectDisposedException>(() => array[0]);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_map_takes_along_what_stays_connected()
    {
        await using var pool = new WorkerPool(2);
        using var array = new SharedArray<int>(1000);
        using var cancel = new CancellationTokenSource();
        CancellationToken token = cancel.Token;
        var reports = new Reports<int>();
        IProgress<int> progress = reports;
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("de-DE");
            await pool.ForEachAsync(
                i =>
                {
                    token.ThrowIfCancellationRequested();
                    array[i] = System.Globalization.CultureInfo.CurrentCulture.Name == "de-DE" ? i : -1;
                    progress.Report(i);
                },
                Enumerable.Range(0, 1000));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
        Assert.Equal(Enumerable.Range(0, 1000), array.Span.ToArray());
        Assert.Equal(Enumerable.Range(0, 1000), reports.Items.Order());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_map_hears_of_the_token_that_its_function_captured()
    {
        await using var pool = new WorkerPool(2);
        using var cancel = new CancellationTokenSource();
        CancellationToken token = cancel.Token;
        var reports = new Reports<int>();
        IProgress<int> progress = reports;
        Task map = pool.ForEachAsync(
            i =>
            {
                progress.Report(i);
                token.WaitHandle.WaitOne();
            },
            Enumerable.Range(0, 4));
        await reports.FirstAsync();
        await cancel.CancelAsync();
        await map;
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Items_after_one_that_failed_may_still_return_arrays()
    {
        await using var pool = new WorkerPool(1);
        var results = new List<MapResult<SharedArray<int>>>();
        await foreach (MapResult<SharedArray<int>> result in pool.MapResultsAsync(
            static i => i == 0 ? throw new InvalidOperationException("the first") : new SharedArray<int>(i),
            Enumerable.Range(0, 3), new MapOptions { ChunkSize = 3 }))
        {
            results.Add(result);
        }
        Assert.IsType<InvalidOperationException>(results[0].Error);
        Assert.Equal([1, 2], results.Skip(1).Select(static result => result.Value.Length));
        results.Skip(1).ToList().ForEach(static result => result.Value.Dispose());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_disposed_array_fails_its_call_and_keeps_no_other_array_alive()
    {
        await using Worker worker = await Worker.StartAsync();
        var gone = new SharedArray<int>(10);
        gone.Dispose();
        using (var array = new SharedArray<int>(10))
        {
            Task<int> call = worker.CallAsync(static (a, b) => a[0] + b[0], array, gone);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
        }
        Assert.Equal(0, CountMapped());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Initialize_may_capture_an_array()
    {
        using var array = new SharedArray<int>(10);
        array[1] = 11;
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Initialize = () => { s_kept = array; } });
        Assert.Equal(11, await pool.CallAsync(static () => s_kept![1]));
    }

    [Fact]
    public void An_index_beyond_the_end_is_refused_however_large()
    {
        using var array = new SharedArray<long>(10);
        foreach (long index in (long[])[-1, 10, 1L << 40, 1L << 61, long.MaxValue])
        {
            Assert.ThrowsAny<ArgumentException>(() => array[index]);
        }
    }

    /// <summary>Mapped shared arrays of this process; each worker's channel is longer than any of them.</summary>
    private static int CountMapped() => File.ReadLines("/proc/self/maps").Count(static line =>
    {
        if (!line.Contains("/memfd:brood", StringComparison.Ordinal))
        {
            return false;
        }
        long[] ends = [.. line.Split(' ')[0].Split('-').Select(static end => Convert.ToInt64(end, 16))];
        return ends[1] - ends[0] is 4096 or 80 << 20;
    });
}
