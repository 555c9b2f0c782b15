using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Output;

/// <summary>Whoever takes the output of a worker may block. That is the business of this worker, and of no other.</summary>
[Collection(nameof(Alone))]
public sealed class BlockedOutputTests : IDisposable
{
    private static readonly WorkerOptions s_quiet = new() { Output = WorkerOutput.Discard };

    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = []; // Guarded by itself.
    private readonly WorkerOutput _blocked;

    public BlockedOutputTests() => _blocked = WorkerOutput.To(line => Take(line.Text));

    public void Dispose()
    {
        _open.Set();
        _open.Dispose();
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Another_worker_is_heard_to_crash_while_a_handler_blocks()
    {
        await using Worker printing = await Worker.StartAsync(new WorkerOptions { Output = _blocked });
        await using Worker other = await Worker.StartAsync(s_quiet);
        Task printed = printing.CallAsync(() => Console.WriteLine("held up"));
        await _reached.Task;
        await Assert.ThrowsAsync<WorkerCrashedException>(() => other.CallAsync(() => Environment.Exit(1)));
        await using Worker third = await Worker.StartAsync(s_quiet);
        Assert.Equal(1, await third.CallAsync(() => 1));
        Assert.False(printed.IsCompleted);
        _open.Set();
        await printed;
        Assert.Equal(["held up"], Lines);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_handler_may_call_another_worker_and_hear_of_its_crash()
    {
        await using Worker other = await Worker.StartAsync(s_quiet);
        var crash = new TaskCompletionSource<Exception?>();
        await using Worker printing = await Worker.StartAsync(new WorkerOptions
        {
            Output = WorkerOutput.To(_ => crash.TrySetResult(Record.Exception(() => other.Call(() => Environment.Exit(1))))),
        });
        await printing.CallAsync(() => Console.WriteLine("go"));
        Assert.IsType<WorkerCrashedException>(await crash.Task);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_console_that_takes_nothing_holds_up_only_those_that_print()
    {
        TextWriter console = Console.Out;
        var pipe = new BlockedWriter(this);
        try
        {
            Console.SetOut(pipe);
            await using var pool = new WorkerPool(2);
            Task printed = pool.CallAsync(() => Console.WriteLine("held up"));
            await _reached.Task;
            await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.CallAsync(() => Environment.Exit(1)));
            await Assert.ThrowsAsync<CallTimeoutException>(() => pool.With(new CallOptions { Timeout = TimeSpan.FromMilliseconds(200) })
                .CallAsync(() => Thread.Sleep(Timeout.Infinite)));
            Assert.False(printed.IsCompleted);
            _open.Set();
            await printed;
        }
        finally
        {
            _open.Set();
            Console.SetOut(console);
        }
        Assert.Equal(["held up"], Lines);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Dispose_ends_every_call_while_a_handler_blocks_and_the_lines_still_come()
    {
        Worker worker = await Worker.StartAsync(new WorkerOptions { Output = _blocked, JoinTimeout = TimeSpan.FromMilliseconds(100) });
        Task printed = worker.CallAsync(() => Console.WriteLine("held up"));
        Task behind = worker.CallAsync(() => Console.WriteLine("held up, too"));
        await _reached.Task;
        await worker.DisposeAsync();
        Assert.True(printed.IsCompleted);
        Assert.True(behind.IsCompleted);
        Assert.True(worker.Exited.IsCompleted);
        Assert.False(ProcessFacts.Exists(worker.ProcessId));
        // Its result was in the ring.
        await printed;
        _open.Set();
        await WaitForAsync(lines => lines.Contains("held up"));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_pool_ends_every_call_while_a_handler_blocks()
    {
        var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Output = _blocked, JoinTimeout = TimeSpan.FromMilliseconds(100) });
        Task printed = pool.CallAsync(() => Console.WriteLine("held up"));
        await _reached.Task;
        await pool.DisposeAsync();
        Assert.True(printed.IsCompleted);
        PoolStatistics statistics = pool.GetStatistics();
        Assert.Equal((0, 0), (statistics.Running, statistics.Workers.Count));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_worker_that_ends_by_itself_is_gone_when_its_last_line_is_taken()
    {
        Worker worker = await Worker.StartAsync(new WorkerOptions { Output = _blocked });
        Task<WorkerCrashedException> crash = Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                Console.WriteLine($"line {i}");
            }
            Environment.Exit(1);
        }));
        await _reached.Task;
        await ProcessFacts.WaitUntilGoneAsync(worker.ProcessId);
        _open.Set();
        await crash;
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"line {i}"), Lines);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Output_that_nobody_takes_yet_stays_in_the_worker_and_none_is_lost()
    {
        const int lines = 80_000;
        await using Worker worker = await Worker.StartAsync(new WorkerOptions { Output = _blocked });
        Task printed = worker.CallAsync(static count =>
        {
            byte[] text = Encoding.UTF8.GetBytes(new string('x', 99) + "\n");
            for (int i = 0; i < count; i++)
            {
                _ = Native.Write(1, text, text.Length);
            }
            Console.WriteLine("done");
        }, lines);
        await _reached.Task;
        _open.Set();
        await printed;
        string[] seen = Lines;
        Assert.Equal(lines + 1, seen.Length);
        Assert.Equal("done", seen[^1]);
    }

    private string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    private void Take(string line)
    {
        _reached.TrySetResult();
        _open.Wait();
        lock (_lines)
        {
            _lines.Add(line);
            Monitor.PulseAll(_lines);
        }
    }

    private Task WaitForAsync(Predicate<List<string>> isThere) => Task.Run(() =>
    {
        lock (_lines)
        {
            while (!isThere(_lines))
            {
                Assert.True(Monitor.Wait(_lines, Watchdog.Time));
            }
        }
    });

    private sealed class BlockedWriter(BlockedOutputTests owner) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => owner.Take(value ?? "");
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "write")]
        public static extern nint Write(int fd, byte[] bytes, nint count);
    }
}
