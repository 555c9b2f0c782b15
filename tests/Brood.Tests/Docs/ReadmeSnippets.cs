using System.Runtime.InteropServices;

namespace Brood.Docs;

/// <summary>The README's code, compiled and run. <see cref="ReadmeTests"/> holds the README to it.</summary>
public class ReadmeSnippets
{
    #region function
    static int CountPrimes(int limit) =>
        Enumerable.Range(2, limit - 2).Count(n => Enumerable.Range(2, (int)Math.Sqrt(n) - 1).All(d => n % d != 0));
    #endregion

    [Fact]
    public async Task A_call_in_a_worker_returns_what_a_local_call_returns()
    {
        #region call
        int here = CountPrimes(100_000);                                // 9592

        await using Worker worker = await Worker.StartAsync();
        int there = await worker.CallAsync(CountPrimes, 100_000);       // 9592, counted by another process
        #endregion

        Assert.Equal([9592, 9592], [here, there]);
    }

    [Fact]
    public async Task A_process_for_one_call()
    {
        #region once
        int once = await Worker.RunAsync(CountPrimes, 1_000);           // 168; started, called and joined
        #endregion

        Assert.Equal(168, once);
    }

    [Fact]
    public async Task A_pool_maps_and_takes_lambdas()
    {
        List<int> counts = [];

        #region pool
        await using var pool = new WorkerPool(workers: 4);

        await foreach (int count in pool.MapAsync(CountPrimes, [10, 100, 1_000]))
        {
            counts.Add(count);                                          // 4, then 25, then 168
        }

        int factor = 6;
        int product = await pool.CallAsync(n => n * factor, 7);         // 42; only 'factor' and 7 were sent
        #endregion

        Assert.Equal([4, 25, 168], counts);
        Assert.Equal(42, product);
    }

    [Fact]
    public async Task A_map_for_its_effects_and_one_that_goes_on()
    {
        await using var pool = new WorkerPool(workers: 2);
        string folder = Directory.CreateTempSubdirectory("brood-readme").FullName;
        List<string> told = [];

        #region results
        await pool.ForEachAsync(n => File.WriteAllText(Path.Combine(folder, $"{n}"), $"{CountPrimes(n)}"), [10, 100]);

        await foreach (MapResult<int> result in pool.MapResultsAsync(n => 100 / n, [1, 0, 2]))
        {
            told.Add(result.Succeeded ? $"{result.Value}" : $"item {result.Index}: {result.Error?.Message}");
        }                                                               // 100, then item 1: Attempted to divide by zero., then 50
        #endregion

        Assert.Equal(["4", "25"], [File.ReadAllText(Path.Combine(folder, "10")), File.ReadAllText(Path.Combine(folder, "100"))]);
        Assert.Equal(["100", "item 1: Attempted to divide by zero.", "50"], told);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_function_that_streams_is_read_as_far_as_one_likes()
    {
        await using var pool = new WorkerPool(workers: 2);
        List<int> primes = [];

        #region stream
        static async IAsyncEnumerable<int> Primes(int from)
        {
            for (int n = from; ; n++)
            {
                if (CountPrimes(n + 1) > CountPrimes(n))
                {
                    yield return n;
                }
                await Task.Yield();
            }
        }

        await foreach (int prime in pool.StreamAsync(Primes, 100))
        {
            primes.Add(prime);                                          // 101, then 103, then 107
            if (primes.Count == 3)
            {
                break;                                                  // and the function in the worker ends
            }
        }
        #endregion

        Assert.Equal([101, 103, 107], primes);
    }

    [Fact]
    public async Task Progress_and_tokens_stay_connected()
    {
        await using var pool = new WorkerPool(workers: 2);

        #region live
        static int Tick(IProgress<int> progress, CancellationToken token)
        {
            int ticks = 0;
            while (!token.WaitHandle.WaitOne(millisecondsTimeout: 10))  // cancelled in the host, heard of in the worker
            {
                progress.Report(++ticks);                               // reported in the worker, heard of in the host
            }
            return ticks;
        }

        using var stop = new CancellationTokenSource();
        IProgress<int> progress = new Progress<int>(tick =>
        {
            if (tick == 3)
            {
                stop.Cancel();
            }
        });
        int ticks = await pool.CallAsync(Tick, progress, stop.Token);   // 3, or what it came to until it heard
        #endregion

        Assert.InRange(ticks, 3, int.MaxValue);
    }

    [Fact]
    public async Task A_shared_array_is_made_changed_and_read_without_a_copy()
    {
        await using var pool = new WorkerPool(workers: 2);

        #region shared
        static SharedArray<double> Ramp(long length)
        {
            var ramp = new SharedArray<double>(length);
            for (long i = 0; i < length; i++)
            {
                ramp[i] = i;
            }
            return ramp;
        }

        using SharedArray<double> numbers = await pool.CallAsync(Ramp, 1_000_000L);     // made in a worker
        await pool.CallAsync(array => array.Span.Reverse(), numbers);                   // turned round in place, in a worker
        double first = numbers[0];                                                      // 999999, read here
        #endregion

        Assert.Equal(999_999, first);
    }

    [Fact]
    public async Task A_call_that_never_ends_is_stopped()
    {
        await using var pool = new WorkerPool(workers: 2);
        string? told = null;

        #region timeout
        Callable patient = pool.With(new CallOptions { Timeout = TimeSpan.FromSeconds(1) });
        try
        {
            await patient.CallAsync(() => { while (true) { } });
        }
        catch (CallTimeoutException e)
        {
            told = $"had started: {e.Started}";                         // had started: True
        }
        int next = await pool.CallAsync(CountPrimes, 10);               // 4: the pool has replaced the worker
        #endregion

        Assert.Equal("had started: True", told);
        Assert.Equal(4, next);
    }

    [Theory]
    [InlineData(0, "nothing failed")]
    [InlineData(1, "the function threw: it did not like 1")]
    [InlineData(2, "SIGSEGV ended the worker, which had started the function: True")]
    [InlineData(3, "too slow, and stopped")]
    [InlineData(4, "cannot cross: argument 'work' → System.Threading.Thread")]
    public async Task Each_failure_has_its_exception(int failure, string expected)
    {
        await using var pool = new WorkerPool(workers: 1);
        Callable workers = pool.With(new CallOptions { Timeout = TimeSpan.FromSeconds(failure == 3 ? 1 : 60) });
        object work = failure == 4 ? Thread.CurrentThread : failure;
        string told;

        #region exceptions
        try
        {
            await workers.CallAsync(Work, work);
            told = "nothing failed";
        }
        catch (InvalidDataException e)      // The function's own exception: its type, its message, its stack in the worker.
        {
            told = $"the function threw: {e.Message}";
        }
        catch (WorkerCrashedException e)    // The worker died. Started says whether the function may have done anything.
        {
            told = $"{e.Exit.Signal} ended the worker, which had started the function: {e.Started}";
        }
        catch (CallTimeoutException)        // CallOptions.Timeout passed. The work was stopped, too, not just the waiting.
        {
            told = "too slow, and stopped";
        }
        catch (TransferException e)         // An argument, a captured variable or the result cannot leave its process.
        {
            told = $"cannot cross: {e.Path}";
        }
        catch (WorkerStartException e)      // No worker could be started. The message has the child's own words.
        {
            told = e.Message;
        }
        #endregion

        Assert.Equal(expected, told);
    }

    private static void Work(object work)
    {
        switch (work)
        {
            case 1:
                throw new InvalidDataException("it did not like 1");
            case 2:
                Fill(0xBAD, 0, 1024);
                break;
            case 3:
                Thread.Sleep(Timeout.Infinite);
                break;
        }
    }

    [DllImport("libc", EntryPoint = "memset")]
    private static extern nint Fill(nint address, int value, nint bytes);
}
