using System.Diagnostics;
using System.Globalization;

namespace Brood.Live;

public class LiveArgumentTests(SharedWorker shared) : IClassFixture<SharedWorker>
{
    private readonly Worker _worker = shared.Worker;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_token_that_is_an_argument_is_cancelled_over_there()
    {
        using var cancel = new CancellationTokenSource();
        var started = new Reports<int>();
        Task<string> call = _worker.CallAsync(static (progress, token) =>
        {
            progress.Report(1);
            token.WaitHandle.WaitOne();
            return "heard";
        }, (IProgress<int>)started, cancel.Token);
        await started.FirstAsync();
        await cancel.CancelAsync();
        Assert.Equal("heard", await call);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_token_that_is_captured_is_cancelled_over_there()
    {
        using var cancel = new CancellationTokenSource();
        CancellationToken token = cancel.Token;
        var reports = new Reports<int>();
        IProgress<int> progress = reports;
        Task<string> call = _worker.CallAsync(async () =>
        {
            progress.Report(1);
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException)
            {
            }
            return "heard";
        });
        await reports.FirstAsync();
        await cancel.CancelAsync();
        Assert.Equal("heard", await call);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_token_that_is_cancelled_already_arrives_cancelled()
    {
        Assert.True(await _worker.CallAsync(static async token =>
        {
            await Task.WhenAny(Task.Delay(Timeout.Infinite, token));
            return token.IsCancellationRequested;
        }, new CancellationToken(canceled: true)));
        Assert.False(await _worker.CallAsync(static token => token.IsCancellationRequested, CancellationToken.None));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_a_callback_of_the_token_throws_does_not_end_the_worker()
    {
        using var cancel = new CancellationTokenSource();
        var started = new Reports<int>();
        Task call = _worker.CallAsync(static (progress, token) =>
        {
            using var heard = new ManualResetEventSlim();
            token.Register(heard.Set);
            token.Register(static () => throw new InvalidOperationException("from a callback"));
            progress.Report(1);
            heard.Wait();
        }, (IProgress<int>)started, cancel.Token);
        await started.FirstAsync();
        await cancel.CancelAsync();
        await call;
        Assert.Equal(_worker.ProcessId, await _worker.CallAsync(() => Environment.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Reports_come_in_order_and_before_the_task_completes()
    {
        for (int round = 0; round < 20; round++)
        {
            var reports = new Reports<int>();
            int last = await _worker.CallAsync(static progress =>
            {
                for (int i = 0; i < 500; i++)
                {
                    progress.Report(i);
                }
                return 499;
            }, (IProgress<int>)reports);
            Assert.Equal(Enumerable.Range(0, last + 1), reports.Items);
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Reports_come_before_an_exception_too()
    {
        var reports = new Reports<string>();
        await Assert.ThrowsAsync<InvalidDataException>(() => _worker.CallAsync(static progress =>
        {
            progress.Report("first");
            throw new InvalidDataException();
        }, (IProgress<string>)reports));
        Assert.Equal(["first"], reports.Items);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_handler_that_throws_harms_nothing()
    {
        Assert.Equal(3, await _worker.CallAsync(static progress =>
        {
            progress.Report(1);
            return 3;
        }, (IProgress<int>)new Thrower()));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_sequence_is_enumerated_by_the_worker_as_far_as_it_wants()
    {
        int made = 0;
        Assert.Equal(0 + 1 + 2, await _worker.CallAsync(static async items =>
        {
            int sum = 0;
            await foreach (int item in items)
            {
                sum += item;
                if (item == 2)
                {
                    break;
                }
            }
            return sum;
        }, Source()));
        // A window of 64 items, what was pulled meanwhile, and the one in the hand.
        Assert.InRange(made, 3, 64 + 32 + 1);

        async IAsyncEnumerable<int> Source()
        {
            for (int i = 0; i < 100_000; i++)
            {
                Interlocked.Increment(ref made);
                yield return i;
                await Task.Yield();
            }
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_long_sequence_arrives_whole_and_its_exception_too()
    {
        Assert.Equal(4950 * 10, await _worker.CallAsync(SumAsync, Numbers(100, null).Select(n => n * 10)));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => _worker.CallAsync(SumAsync, Numbers(1000, "at the end")));
        Assert.Equal("at the end", error.Message);

        static async Task<int> SumAsync(IAsyncEnumerable<int> items) => await items.SumAsync();

        static async IAsyncEnumerable<int> Numbers(int count, string? failure)
        {
            for (int i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return i;
            }
            if (failure is not null)
            {
                throw new InvalidDataException(failure);
            }
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_a_function_did_to_its_thread_does_not_reach_the_next()
    {
        await _worker.CallAsync(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new DeadContext());
            Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        });
        Assert.Equal(1, await _worker.CallAsync(async () =>
        {
            await Task.Yield();
            return 1;
        }));
        Assert.Equal(ThreadPriority.Normal, await _worker.CallAsync(() => Thread.CurrentThread.Priority));
        // The items of a map, too, which are one call.
        await using var pool = new WorkerPool(1);
        Assert.Equal([1, 2, 3], await pool.MapAsync(item =>
        {
            Task<int> later = YieldAsync(item);
            SynchronizationContext.SetSynchronizationContext(new DeadContext());
            return later;
        }, [1, 2, 3], new MapOptions { ChunkSize = 3 }).ToListAsync());

        static async Task<int> YieldAsync(int item)
        {
            await Task.Yield();
            return item;
        }
    }

    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) { }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Cultures_flow_and_do_not_stay()
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        CultureInfo uiCulture = CultureInfo.CurrentUICulture;
        string before = await _worker.CallAsync(() => CultureInfo.CurrentCulture.Name + CultureInfo.CurrentUICulture.Name);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("fr-FR");
            Assert.Equal("1,5 fr-FR", await _worker.CallAsync(() => $"{1.5} {CultureInfo.CurrentUICulture.Name}"));
            Assert.Equal("1,5", await _worker.CallAsync(async () =>
            {
                await Task.Yield();
                return $"{1.5}";
            }));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
            CultureInfo.CurrentUICulture = uiCulture;
        }
        Assert.Equal(before, await _worker.CallAsync(() => CultureInfo.CurrentCulture.Name + CultureInfo.CurrentUICulture.Name));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_a_function_sets_for_its_thread_does_not_stay()
    {
        await _worker.CallAsync(() => { CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("sv-SE"); });
        Assert.Equal(CultureInfo.CurrentCulture.Name, await _worker.CallAsync(() => CultureInfo.CurrentCulture.Name));
        await _worker.CallAsync(() => { s_flows.Value = "left behind"; });
        Assert.Null(await _worker.CallAsync(() => s_flows.Value));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task The_activity_flows_and_does_not_stay()
    {
        using var activity = new Activity("host");
        activity.AddBaggage("tenant", "42");
        activity.TraceStateString = "a=b";
        activity.Start();
        (string? trace, string? parent, string? state, string? baggage) = await _worker.CallAsync(() =>
            (Activity.Current?.TraceId.ToString(), Activity.Current?.ParentId, Activity.Current?.TraceStateString, Activity.Current?.GetBaggageItem("tenant")));
        Assert.Equal((activity.TraceId.ToString(), activity.Id, "a=b", "42"), (trace, parent, state, baggage));
        activity.Stop();
        Assert.True(await _worker.CallAsync(() => Activity.Current is null));
    }

    private static readonly AsyncLocal<string?> s_flows = new(); // Of the worker's process.

    private sealed class Thrower : IProgress<int>
    {
        public void Report(int value) => throw new InvalidOperationException("from a handler");
    }
}
