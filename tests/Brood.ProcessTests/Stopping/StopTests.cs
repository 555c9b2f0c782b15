using System.Diagnostics;

namespace Brood.Stopping;

public class StopTests(ITestOutputHelper output)
{
    private static readonly WorkerOptions s_quiet = new() { Output = WorkerOutput.Discard };
    private static readonly CallOptions s_noGrace = new() { CancelGrace = TimeSpan.Zero };

    private static int s_ran; // Of the worker's process.

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_call_that_waits_for_its_turn_is_removed_when_it_is_cancelled()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        using var goOn = new CancellationTokenSource();
        using var cancel = new CancellationTokenSource();
        Task running = worker.CallAsync(static token => token.WaitHandle.WaitOne(), goOn.Token);
        Task removed = worker.CallAsync(static () => { s_ran = 1; }, cancel.Token);
        Task kept = worker.CallAsync(static () => { });
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => removed);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Contains("was cancelled before it had started.", error.Message);
        Assert.True(removed.IsCanceled);
        Assert.False(running.IsCompleted);
        await goOn.CancelAsync();
        await running;
        await kept;
        Assert.Equal(0, await worker.CallAsync(static () => s_ran));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Calls_that_do_not_fit_into_the_ring_are_removed_too()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        using var goOn = new CancellationTokenSource();
        using var cancel = new CancellationTokenSource();
        Task running = worker.CallAsync(static token => token.WaitHandle.WaitOne(), goOn.Token);
        Task[] many = [.. Enumerable.Range(0, 3000).Select(_ => worker.CallAsync(static () => { s_ran++; }, cancel.Token))];
        Task<int> last = worker.CallAsync(static () => s_ran);
        await cancel.CancelAsync();
        await goOn.CancelAsync();
        await running;
        Assert.Equal(0, await last);
        Assert.All(many, call => Assert.True(call.IsCanceled));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_running_call_that_took_no_token_is_killed_at_once()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        using var cancel = new CancellationTokenSource();
        var started = new Reports<int>();
        IProgress<int> progress = started;
        int grandchild = await worker.CallAsync(() => Process.Start("sleep", "1000").Id);
        Task hung = worker.With(s_noGrace).CallAsync(() =>
        {
            progress.Report(1);
            while (true)
            {
                try
                {
                    Thread.Sleep(Timeout.Infinite);
                }
                catch (Exception)
                {
                }
                finally
                {
                    Thread.Sleep(Timeout.Infinite);
                }
            }
        }, cancel.Token);
        Task behind = worker.CallAsync(() => { });
        await started.FirstAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hung);
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => behind);
        output.WriteLine(crash.Message);
        Assert.False(crash.Started);
        Assert.Equal(ExitReason.CallStopped, (await worker.Exited).Reason);
        Assert.False(ProcessFacts.Exists(worker.ProcessId));
        await ProcessFacts.WaitUntilGoneAsync(grandchild);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_running_call_that_took_a_token_may_end_by_itself_and_the_worker_lives()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        using var cancel = new CancellationTokenSource();
        var started = new Reports<int>();
        Task polite = worker.With(new CallOptions { CancelGrace = Watchdog.Time }).CallAsync(static async (progress, token) =>
        {
            progress.Report(1);
            await Task.Delay(Timeout.Infinite, token);
        }, (IProgress<int>)started, default(CancellationToken), cancel.Token);
        await started.FirstAsync();
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => polite);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Contains($"on worker {worker.ProcessId} was cancelled while it ran", error.Message);
        Assert.True(polite.IsCanceled);
        Assert.Equal(worker.ProcessId, await worker.CallAsync(() => Environment.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_function_that_ignores_its_token_is_killed_after_the_grace()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        using var cancel = new CancellationTokenSource();
        var started = new Reports<int>();
        Task rude = worker.With(new CallOptions { CancelGrace = TimeSpan.FromMilliseconds(100) }).CallAsync(static (progress, token) =>
        {
            progress.Report(1);
            while (true)
            {
            }
        }, (IProgress<int>)started, default(CancellationToken), cancel.Token);
        await started.FirstAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rude);
        Assert.Equal(ExitReason.CallStopped, (await worker.Exited).Reason);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_timeout_stops_a_running_call_and_says_that_it_had_started()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        var timeout = new CallOptions { Timeout = TimeSpan.FromMilliseconds(300), CancelGrace = TimeSpan.Zero };
        Task hung = worker.With(timeout).CallAsync(() =>
        {
            while (true)
            {
            }
        });
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => hung);
        output.WriteLine(error.Message);
        Assert.True(error.Started);
        Assert.InRange(error.Elapsed, timeout.Timeout, Watchdog.Time);
        Assert.Contains($"on worker {worker.ProcessId} did not finish within 0.3 s", error.Message);
        Assert.Equal(ExitReason.CallStopped, (await worker.Exited).Reason);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_timeout_removes_a_call_that_waits_for_its_turn()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        using var goOn = new CancellationTokenSource();
        Task running = worker.CallAsync(static token => token.WaitHandle.WaitOne(), goOn.Token);
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() =>
            worker.With(new CallOptions { Timeout = TimeSpan.FromMilliseconds(50) }).CallAsync(() => { }));
        output.WriteLine(error.Message);
        Assert.False(error.Started);
        Assert.InRange(error.Elapsed, TimeSpan.FromMilliseconds(50), Watchdog.Time);
        await goOn.CancelAsync();
        await running;
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_call_that_blocks_its_caller_ends_by_timeout_too()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        string started = Path.GetTempFileName();
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => Task.Run(() =>
            worker.With(new CallOptions { Timeout = TimeSpan.FromSeconds(1) }).Call(
                static path =>
                {
                    File.Delete(path);
                    Thread.Sleep(Timeout.Infinite);
                },
                started)));
        // However slow the machine: what the exception says is what the function did.
        Assert.Equal(!File.Exists(started), error.Started);
        File.Delete(started);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Join_finishes_what_was_accepted_and_refuses_the_rest()
    {
        Worker worker = await Worker.StartAsync(s_quiet);
        Task<int>[] accepted = [.. Enumerable.Range(0, 3000).Select(i => worker.CallAsync(n => n, i))];
        Task<WorkerExit> joined = worker.JoinAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => worker.CallAsync(() => { }));
        Assert.Equal(Enumerable.Range(0, 3000), await Task.WhenAll(accepted));
        WorkerExit exit = await joined;
        Assert.Equal((ExitReason.Joined, 0, 3000L), (exit.Reason, exit.ExitCode, exit.CallsServed));
        Assert.True(exit.Lifetime > TimeSpan.Zero);
        Assert.Throws<ObjectDisposedException>(() => worker.Call(() => 1));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await worker.StreamAsync(() => AsyncEnumerable.Range(0, 1)).ToListAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => worker.With(s_noGrace).CallAsync(() => 1));
        Assert.Same(exit, await worker.JoinAsync());
        await worker.DisposeAsync();
        Assert.Same(exit, await worker.KillAsync());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Dispose_kills_a_worker_that_does_not_end_within_JoinTimeout()
    {
        Worker worker = await Worker.StartAsync(s_quiet with { JoinTimeout = TimeSpan.FromMilliseconds(100) });
        var started = new Reports<int>();
        Task hung = worker.CallAsync(static progress =>
        {
            progress.Report(1);
            // The function that hangs: not a wait of the test.
            Thread.Sleep(Timeout.Infinite);
        }, (IProgress<int>)started);
        await started.FirstAsync();
        await worker.DisposeAsync();
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => hung);
        output.WriteLine(crash.Message);
        Assert.Equal(ExitReason.Killed, crash.Exit.Reason);
        Assert.Contains("was killed by the dispose of its Worker, because it had not ended within WorkerOptions.JoinTimeout while running", crash.Message);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => worker.CallAsync(() => { }));
        await worker.DisposeAsync();
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task The_longest_times_and_none_at_all_work_to_the_end()
    {
        foreach (TimeSpan time in new[] { TimeSpan.FromDays(49), Timeout.InfiniteTimeSpan })
        {
            await using Worker worker = await Worker.StartAsync(s_quiet with { StartTimeout = time, JoinTimeout = time, Initialize = static () => s_ran = 7 });
            using var cancel = new CancellationTokenSource();
            var started = new Reports<int>();
            Task polite = worker.With(new CallOptions { CancelGrace = time, Timeout = time }).CallAsync(static async (progress, token) =>
            {
                progress.Report(1);
                await Task.Delay(Timeout.Infinite, token);
            }, (IProgress<int>)started, default(CancellationToken), cancel.Token);
            await started.FirstAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => polite);
            Assert.Equal(7, await worker.CallAsync(static () => s_ran));
            await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Output = WorkerOutput.Discard, StartTimeout = time, JoinTimeout = time, MaxCallsPerWorker = 1 });
            Assert.NotEqual(await pool.CallAsync(static () => Environment.ProcessId), await pool.CallAsync(static () => Environment.ProcessId));
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Kill_ends_the_running_call_and_those_behind_it()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        var started = new Reports<int>();
        Task running = worker.CallAsync(progress =>
        {
            progress.Report(1);
            Thread.Sleep(Timeout.Infinite);
        }, (IProgress<int>)started);
        Task behind = worker.CallAsync(() => { });
        await started.FirstAsync();
        WorkerExit exit = await worker.KillAsync();
        Assert.Equal((ExitReason.Killed, "SIGKILL"), (exit.Reason, exit.Signal));
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => running);
        Assert.True(crash.Started);
        Assert.Contains("was killed by KillAsync while running", crash.Message);
        Assert.False((await Assert.ThrowsAsync<WorkerCrashedException>(() => behind)).Started);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Cancelling_and_finishing_at_the_same_time_never_loses_a_call()
    {
        const int seed = 20261123;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 6; round++)
        {
            await using Worker worker = await Worker.StartAsync(s_quiet);
            using var cancel = new CancellationTokenSource();
            Task[] calls =
            [
                .. Enumerable.Range(0, 400).Select(i => (Task)worker.With(s_noGrace).CallAsync(
                    n => n, i, random.Next(4) == 0 ? cancel.Token : CancellationToken.None)),
            ];
            Thread.SpinWait(random.Next(20_000));
            await cancel.CancelAsync();
            // Each ends: with its result, cancelled, or with the worker that was killed for another. None hangs.
            foreach (Task call in calls)
            {
                Exception? error = await Record.ExceptionAsync(() => call);
                Assert.True(error is null or OperationCanceledException or WorkerCrashedException { Started: false, Exit.Reason: ExitReason.CallStopped }, $"{error}");
            }
        }
    }
}
