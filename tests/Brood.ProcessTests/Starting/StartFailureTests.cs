using System.Diagnostics;

namespace Brood.Starting;

public class StartFailureTests(ITestOutputHelper output)
{
    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_missing_folder_is_named()
    {
        WorkerStartException error = await FailAsync(new WorkerOptions { WorkingDirectory = "/no/such/folder" });
        Assert.Null(error.Exit);
        Assert.Contains("/no/such/folder", error.Message);
        Assert.Contains(nameof(WorkerOptions.WorkingDirectory), error.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_runtime_that_cannot_start_is_quoted()
    {
        WorkerStartException error = await FailAsync(Broken);
        Assert.Equal(ExitReason.FailedToStart, error.Exit?.Reason);
        Assert.NotNull(error.Exit!.ExitCode);
        Assert.NotEmpty(error.Exit.LastErrorLines);
        Assert.Contains(error.Exit.LastErrorLines[0], error.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_runtime_that_refuses_its_settings_is_quoted()
    {
        WorkerStartException error = await FailAsync(new WorkerOptions
        {
            Environment = new Dictionary<string, string?> { ["DOTNET_ROLL_FORWARD"] = "nonsense" },
            Output = WorkerOutput.Discard,
        });
        Assert.Contains("Unrecognized roll forward setting value 'nonsense'.", error.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Twenty_that_cannot_start_give_one_exception_each()
    {
        Task<WorkerStartException>[] failures = [.. Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(Broken)))];
        WorkerStartException[] errors = await Task.WhenAll(failures);
        Assert.Equal(20, errors.Select(error => error.Exit!.ProcessId).Distinct().Count());
        Assert.All(errors, error => Assert.False(ProcessFacts.Exists(error.Exit!.ProcessId)));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_worker_that_is_killed_while_it_starts_is_not_waited_for()
    {
        var lines = new Reports<WorkerOutputLine>();
        Task<Worker> start = Worker.StartAsync(new WorkerOptions
        {
            Initialize = static () =>
            {
                Console.Error.WriteLine("begins");
                Thread.Sleep(Timeout.Infinite);
            },
            Output = WorkerOutput.To(lines.Report),
            StartTimeout = TimeSpan.FromDays(1),
        });
        ProcessFacts.Kill((await lines.FirstAsync()).ProcessId, 9);
        var error = await Assert.ThrowsAsync<WorkerStartException>(() => start);
        output.WriteLine(error.Message);
        Assert.Equal("SIGKILL", error.Exit!.Signal);
        Assert.Contains("SIGKILL", error.Message);
        Assert.Contains("begins", error.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_worker_that_hangs_while_it_starts_is_killed_after_StartTimeout()
    {
        WorkerStartException error = await FailAsync(new WorkerOptions
        {
            Initialize = static () =>
            {
                Console.Error.WriteLine("last words");
                while (true)
                {
                }
            },
            Output = WorkerOutput.Discard,
            StartTimeout = TimeSpan.FromSeconds(2),
        });
        Assert.Contains("2 s", error.Message);
        Assert.Contains(nameof(WorkerOptions.StartTimeout), error.Message);
        Assert.Contains(nameof(WorkerOptions.Initialize), error.Message);
        Assert.Contains("last words", error.Message);
        Assert.Equal("SIGKILL", error.Exit!.Signal);
        Assert.False(ProcessFacts.Exists(error.Exit.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_Initialize_throws_is_the_cause()
    {
        WorkerStartException error = await FailAsync(new WorkerOptions { Initialize = static () => throw new InvalidDataException("no database"), Output = WorkerOutput.Discard });
        // Initialize is no call.
        Assert.Equal(0, error.Exit!.CallsServed);
        Assert.IsType<InvalidDataException>(error.InnerException);
        Assert.Contains("no database", error.Message);
        Assert.False(ProcessFacts.Exists(error.Exit!.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_Initialize_that_ends_the_process_is_told()
    {
        WorkerStartException error = await FailAsync(new WorkerOptions { Initialize = static () => Environment.Exit(12), Output = WorkerOutput.Discard });
        Assert.Equal(12, error.Exit!.ExitCode);
        Assert.Contains("12", error.Message);
        Assert.DoesNotContain(nameof(CallOptions.Retries), error.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_Initialize_that_cannot_cross_is_refused()
    {
        var thread = Thread.CurrentThread;
        WorkerStartException error = await FailAsync(new WorkerOptions { Initialize = () => GC.KeepAlive(thread) });
        Assert.Contains("captured 'thread'", error.Message);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Initialize_runs_once_before_the_first_call_and_may_capture()
    {
        string value = "from the host";
        await using Worker worker = await Worker.StartAsync(new WorkerOptions { Initialize = () => s_initialized += value });
        Assert.Equal("from the host", await worker.CallAsync(() => s_initialized));
        Assert.Equal("", s_initialized);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_start_that_is_cancelled_leaves_no_process()
    {
        using var cancel = new CancellationTokenSource();
        var lines = new Reports<WorkerOutputLine>();
        Task<Worker> start = Worker.StartAsync(new WorkerOptions
        {
            Initialize = static () =>
            {
                Console.WriteLine("begins");
                Thread.Sleep(Timeout.Infinite);
            },
            Output = WorkerOutput.To(lines.Report),
        }, cancel.Token);
        int pid = (await lines.FirstAsync()).ProcessId;
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Equal(cancel.Token, error.CancellationToken);
        await ProcessFacts.WaitUntilGoneAsync(pid);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Worker.StartAsync(null, cancel.Token));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task RunAsync_says_why_its_worker_did_not_start()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Worker.RunAsync(() => 1, new CancellationToken(canceled: true)));
        using var cancel = new CancellationTokenSource();
        Task<int> run = Worker.RunAsync(() =>
        {
            Thread.Sleep(Timeout.Infinite);
            return 1;
        }, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Environment_and_folder_are_the_workers_own()
    {
        await using Worker worker = await Worker.StartAsync(new WorkerOptions
        {
            WorkingDirectory = "/usr",
            Environment = new Dictionary<string, string?> { ["BROOD_TEST_VARIABLE"] = "a=b;ü", ["HOME"] = null },
        });
        Assert.Equal(("/usr", "a=b;ü", null), await worker.CallAsync(() =>
            (Environment.CurrentDirectory, Environment.GetEnvironmentVariable("BROOD_TEST_VARIABLE"), Environment.GetEnvironmentVariable("HOME"))));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_is_meant_for_a_worker_does_not_reach_the_programs_that_it_starts()
    {
        await using Worker worker = await Worker.StartAsync();
        string[] theirs = await worker.CallAsync(() =>
        {
            using Process env = Process.Start(new ProcessStartInfo("env") { RedirectStandardOutput = true })!;
            string text = env.StandardOutput.ReadToEnd();
            env.WaitForExit();
            return text.Split('\n');
        });
        using Process mine = Process.Start(new ProcessStartInfo("env") { RedirectStandardOutput = true })!;
        string[] ours = (await mine.StandardOutput.ReadToEndAsync()).Split('\n');
        Assert.Equal(ours.Order(), theirs.Order());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_worker_starts_workers_of_its_own()
    {
        await using Worker worker = await Worker.StartAsync();
        int[] ids = await worker.CallAsync(async () =>
        {
            await using Worker inner = await Worker.StartAsync();
            int innermost = await inner.CallAsync(async () => await Worker.RunAsync(() => Environment.ProcessId));
            return new[] { Environment.ProcessId, inner.ProcessId, innermost };
        });
        Assert.Equal(worker.ProcessId, ids[0]);
        Assert.Equal(3, ids.Append(Environment.ProcessId).Distinct().Count() - 1);
        Assert.False(ProcessFacts.Exists(ids[1]));
        Assert.False(ProcessFacts.Exists(ids[2]));
    }

    private static WorkerOptions Broken => new()
    {
        Environment = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "1" },
        Output = WorkerOutput.Discard,
        StartTimeout = TimeSpan.FromDays(1),
    };

    private static string s_initialized = ""; // Of the worker's process.

    private async Task<WorkerStartException> FailAsync(WorkerOptions options)
    {
        var error = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(options));
        output.WriteLine(error.Message);
        return error;
    }
}
