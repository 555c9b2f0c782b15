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
