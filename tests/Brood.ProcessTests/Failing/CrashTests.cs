using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Failing;

public class CrashTests(ITestOutputHelper output)
{
    private static readonly WorkerOptions s_quiet = new() { Output = WorkerOutput.Discard };

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Environment_Exit_is_told_as_what_it_is()
    {
        WorkerCrashedException crash = await CrashAsync(() => Environment.Exit(3));
        Assert.Equal((ExitReason.Exited, 3, null), (crash.Exit.Reason, crash.Exit.ExitCode, crash.Exit.Signal));
        Assert.Contains("exit code 3", crash.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Environment_Exit_with_code_0_is_a_crash_like_any_other()
    {
        WorkerCrashedException crash = await CrashAsync(() => Environment.Exit(0));
        Assert.Equal((ExitReason.Exited, 0, null), (crash.Exit.Reason, crash.Exit.ExitCode, crash.Exit.Signal));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Exit_in_native_code_is_told_by_its_code()
    {
        WorkerCrashedException crash = await CrashAsync(() => ExitNow(4));
        Assert.Equal((ExitReason.Exited, 4, null), (crash.Exit.Reason, crash.Exit.ExitCode, crash.Exit.Signal));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_exception_on_another_thread_is_told_with_its_words()
    {
        WorkerCrashedException crash = await CrashAsync(() =>
        {
            new Thread(() => throw new InvalidDataException("A thread fell over.")).Start();
            Thread.Sleep(Timeout.Infinite);
        });
        Assert.Equal((ExitReason.UnhandledException, "SIGABRT"), (crash.Exit.Reason, crash.Exit.Signal));
        Assert.Contains("A thread fell over.", crash.Message);
        Assert.Contains(crash.Exit.LastErrorLines, line => line.Contains("InvalidDataException"));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_stack_overflow_is_told_as_what_it_is()
    {
        WorkerCrashedException crash = await CrashAsync(() => Dig(1));
        Assert.Equal((ExitReason.StackOverflow, "SIGABRT"), (crash.Exit.Reason, crash.Exit.Signal));
        Assert.Contains("stack overflowed", crash.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task FailFast_is_told_with_its_words()
    {
        WorkerCrashedException crash = await CrashAsync(() => Environment.FailFast("No further."));
        Assert.Equal((ExitReason.FailFast, "SIGABRT"), (crash.Exit.Reason, crash.Exit.Signal));
        Assert.Contains("No further.", crash.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_segmentation_fault_in_native_code_is_told_by_its_signal()
    {
        WorkerCrashedException crash = await CrashAsync(() => CopyString(0, 0));
        Assert.Equal((ExitReason.Signal, "SIGSEGV"), (crash.Exit.Reason, crash.Exit.Signal));
        Assert.Contains("SIGSEGV", crash.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_abort_in_native_code_is_told_by_its_signal()
    {
        WorkerCrashedException crash = await CrashAsync(() => Abort());
        Assert.Equal((ExitReason.Signal, "SIGABRT"), (crash.Exit.Reason, crash.Exit.Signal));
    }

    [Theory(Timeout = Watchdog.Milliseconds)]
    [InlineData("Stack overflow.\n   at Parser.Parse()")]
    [InlineData("Out of memory. I told you")]
    [InlineData("Unhandled exception. caught it though")]
    [InlineData("Process terminated. By the operator.")]
    public async Task What_an_earlier_call_printed_is_no_reason(string words)
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        await worker.CallAsync(text => Console.Error.WriteLine(text), words);
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(() => Abort()));
        output.WriteLine(crash.Message);
        Assert.Equal((ExitReason.Signal, "SIGABRT"), (crash.Exit.Reason, crash.Exit.Signal));
        Assert.Contains(words.Split('\n')[0], crash.Exit.LastErrorLines);
    }

    [Theory(Timeout = Watchdog.Milliseconds)]
    [InlineData(9, "SIGKILL")]
    [InlineData(1, "SIGHUP")]
    public async Task A_signal_from_outside_is_told_by_its_name(int signal, string name)
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        var report = new Reports<int>();
        Task call = worker.CallAsync(progress =>
        {
            progress.Report(1);
            Thread.Sleep(Timeout.Infinite);
        }, (IProgress<int>)report);
        await report.FirstAsync();
        ProcessFacts.Kill(worker.ProcessId, signal);
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => call);
        output.WriteLine(crash.Message);
        Assert.Equal((ExitReason.Signal, name, true), (crash.Exit.Reason, crash.Exit.Signal, crash.Started));
        Assert.Equal(worker.ProcessId, crash.Exit.ProcessId);
        Assert.False(ProcessFacts.Exists(worker.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_idle_worker_that_dies_says_so_to_the_next_call()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        ProcessFacts.Kill(worker.ProcessId, 9);
        WorkerExit exit = await worker.Exited;
        Assert.Equal((ExitReason.Signal, "SIGKILL"), (exit.Reason, exit.Signal));
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(() => { }));
        output.WriteLine(crash.Message);
        Assert.False(crash.Started);
        Assert.Throws<WorkerCrashedException>(() => worker.Call(() => 1));
        Assert.Throws<WorkerCrashedException>(() => worker.Call(bytes => bytes.Length, new byte[1 << 20]));
        await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.StreamAsync(() => AsyncEnumerable.Range(0, 3)).ToListAsync().AsTask());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Calls_behind_the_one_that_crashed_have_not_started()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        var report = new Reports<int>();
        Task running = worker.CallAsync(progress =>
        {
            progress.Report(1);
            Thread.Sleep(Timeout.Infinite);
        }, (IProgress<int>)report);
        await report.FirstAsync();
        // More than a worker holds: some are in its ring, some in the host's queue, some are large.
        Task[] behind = [.. Enumerable.Range(0, 3000).Select(i => (Task)worker.CallAsync(bytes => bytes.Length, new byte[i % 100 == 0 ? 100_000 : 10]))];
        ProcessFacts.Kill(worker.ProcessId, 9);
        Assert.True((await Assert.ThrowsAsync<WorkerCrashedException>(() => running)).Started);
        foreach (Task call in behind)
        {
            var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => call);
            Assert.False(crash.Started);
            Assert.Contains("has not run", crash.Message);
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_result_that_was_sent_before_the_crash_counts()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        Task<byte[]> large = worker.CallAsync(() => new byte[5_000_000]);
        Task crash = worker.CallAsync(() => Environment.Exit(1));
        Assert.Equal(5_000_000, (await large).Length);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => crash);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task The_last_lines_of_stderr_are_quoted()
    {
        WorkerCrashedException crash = await CrashAsync(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                Console.Error.WriteLine($"line {i}");
            }
            Console.Error.Write("unfinished");
            ExitNow(9);
        });
        Assert.Equal("unfinished", crash.Exit.LastErrorLines[^1]);
        Assert.Equal("line 99", crash.Exit.LastErrorLines[^2]);
        Assert.Equal(20, crash.Exit.LastErrorLines.Count);
        Assert.Contains("line 99", crash.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_stream_whose_worker_dies_delivers_what_came_before()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        var items = new List<int>();
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(async () =>
        {
            await foreach (int item in worker.StreamAsync(ThenExit))
            {
                items.Add(item);
            }
        });
        output.WriteLine(crash.Message);
        Assert.True(crash.Started);
        Assert.Equal([1, 2, 3], items);

        static async IAsyncEnumerable<int> ThenExit()
        {
            yield return 1;
            yield return 2;
            await Task.Yield();
            yield return 3;
            Environment.Exit(5);
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_a_crashed_worker_had_started_ends_with_it()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        int grandchild = await worker.CallAsync(() => System.Diagnostics.Process.Start("sleep", "1000").Id);
        Assert.True(ProcessFacts.Exists(grandchild));
        await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(() => ExitNow(1)));
        await ProcessFacts.WaitUntilGoneAsync(grandchild);
    }

    private async Task<WorkerCrashedException> CrashAsync(Action function)
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        Task call = worker.CallAsync(function);
        Task behind = worker.CallAsync(() => { });
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => call);
        output.WriteLine(crash.Message);
        Assert.True(crash.Started);
        var unharmed = await Assert.ThrowsAsync<WorkerCrashedException>(() => behind);
        output.WriteLine(unharmed.Message);
        Assert.False(unharmed.Started);
        Assert.Same(crash.Exit, await worker.Exited);
        Assert.False(ProcessFacts.Exists(worker.ProcessId));
        return crash;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Dig(int depth) => depth <= 0 ? 0 : Dig(depth + 1) + 1;

    [DllImport("libc", EntryPoint = "abort")]
    private static extern void Abort();

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void ExitNow(int code);

    [DllImport("libc", EntryPoint = "strcpy")]
    private static extern nint CopyString(nint target, nint source);
}
