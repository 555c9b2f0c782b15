using Brood.Channel;
using Brood.Memory;
using Brood.Pool.Deaths;

namespace Brood.Pool.Hostile;

/// <summary>Real workers that write what cannot be: each is killed for it, and nobody but its running call suffers.</summary>
public class HostileWorkerTests(ITestOutputHelper output)
{
    /// <summary>The first call of a worker.</summary>
    private const long OwnCall = 1;

    private const int OneLine = RecordLayout.PayloadOffset + 8;

    /// <summary>Sent inline, and a ring has room for a few dozen at most.</summary>
    private const int SomeBytes = 8_000;

    private static readonly WorkerOptions s_quiet = new() { Output = WorkerOutput.Discard };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Dictionary<string, Lie> s_lies = new()
    {
        ["a length shorter than a header"] = new(5, FrameKind.Result, FrameFlags.None, OwnCall),
        ["a length beyond the longest"] = new(RecordLayout.MaxBytes + 1, FrameKind.Result, FrameFlags.None, OwnCall),
        ["a skip to nowhere"] = new(-64, FrameKind.Result, FrameFlags.None, OwnCall),
        ["a skip over almost everything"] = new(RecordLayout.Alignment - RegionLayout.ResultRingBytes, FrameKind.Result, FrameFlags.None, OwnCall),
        ["the result of another call"] = new(OneLine, FrameKind.Result, FrameFlags.None, OwnCall + 1),
        ["the result of no call"] = new(OneLine, FrameKind.Result, FrameFlags.None, 0),
        ["a kind that does not exist"] = new(OneLine, (FrameKind)99, FrameFlags.None, OwnCall),
        ["a kind that only the host sends"] = new(OneLine, FrameKind.Call, FrameFlags.None, OwnCall),
        ["a report of a call that reports nothing"] = new(OneLine, FrameKind.Progress, FrameFlags.None, OwnCall),
        ["more blocks than there is room for"] = new(OneLine, FrameKind.Result, FrameFlags.Blocks, OwnCall),
        ["growth beyond the record"] = new(OneLine, FrameKind.Items, FrameFlags.Growing, OwnCall),
    };

    public static TheoryData<string> Lies => [.. s_lies.Keys];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Lies))]
    public async Task A_record_that_cannot_be_ends_the_worker(string what)
    {
        await using Worker worker = await Worker.StartAsync(s_quiet, Token);

        Task<int> call = worker.CallAsync(Liar.WriteRecord, s_lies[what], Token);

        await AssertKilledAsync(worker, call);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(-1)]
    [InlineData(1L << 40)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task A_position_that_cannot_be_in_the_ring_of_calls_ends_the_worker_when_the_host_needs_the_room(long position)
    {
        await using Worker worker = await Worker.StartAsync(s_quiet, Token);
        using var stage = new Stage(worker, worker.ProcessId);
        Task<int> call = worker.CallAsync(Liar.PublishCallHead, position, Token);
        SpinWait.SpinUntil(() => Token.IsCancellationRequested || stage.CallHeadPosition == position);

        Task<int>[] behind = [.. Enumerable.Range(0, 2 * RegionLayout.CallRingBytes / SomeBytes).Select(
            _ => worker.CallAsync(static bytes => bytes.Length, new byte[SomeBytes], Token))];

        await AssertKilledAsync(worker, call);
        foreach (Task<int> one in behind)
        {
            Assert.False((await Assert.ThrowsAsync<WorkerCrashedException>(() => one)).Started);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task In_a_pool_only_the_call_of_the_worker_that_lied_is_lost()
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Output = WorkerOutput.Discard });
        Task<int> liar = pool.CallAsync(Liar.WriteRecord, s_lies["the result of another call"], Token);
        Task<int>[] others = [.. Enumerable.Range(0, 1000).Select(i => pool.CallAsync(static x => x, i, Token))];

        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => liar);

        Assert.Equal((ExitReason.ProtocolViolation, true), (crash.Exit.Reason, crash.Started));
        Assert.Equal(Enumerable.Range(0, 1000), await Task.WhenAll(others));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_position_that_cannot_be_in_the_control_ring_ends_the_worker(long position)
    {
        await using Worker worker = await Worker.StartAsync(s_quiet, Token);

        Task<int> call = worker.CallAsync(Drain, Items(position), Token);

        await AssertKilledAsync(worker, call);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_reads_no_control_frames_can_still_be_stopped()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet, Token);
        Callable impatient = worker.With(new CallOptions { CancelGrace = TimeSpan.FromMilliseconds(10) });
        using var source = new CancellationTokenSource();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // More than the ring has room for; the worker's control thread hangs in the first.
        Task<int> call = impatient.CallAsync(Drain, Items(null, sent), source.Token);
        await sent.Task;

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(ExitReason.CallStopped, (await worker.Exited).Reason);
    }

    private static async Task<int> Drain(IAsyncEnumerable<SortedSet<int>> items)
    {
        int count = 0;
        await foreach (SortedSet<int> item in items)
        {
            count += item.Count;
        }
        return count;
    }

    /// <summary>Sets that take <see cref="StuckComparer"/> to be read.</summary>
    /// <param name="reached">Told when so many were asked for that the ring must be full.</param>
    private static async IAsyncEnumerable<SortedSet<int>> Items(long? head, TaskCompletionSource? reached = null)
    {
        int host = Environment.ProcessId;
        var set = new SortedSet<int>(Enumerable.Range(0, SomeBytes / sizeof(int)), new StuckComparer(head, host));
        for (int i = 0; ; i++)
        {
            if (i * SomeBytes > RegionLayout.ControlRingBytes - RecordLayout.MaxBytes)
            {
                reached?.TrySetResult();
            }
            yield return set;
            await Task.CompletedTask;
        }
    }

    private async Task AssertKilledAsync(Worker worker, Task<int> call)
    {
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => call);
        output.WriteLine(crash.Message);
        Assert.Equal((ExitReason.ProtocolViolation, true), (crash.Exit.Reason, crash.Started));
        Assert.Contains("The channel is damaged", crash.Message);
        Assert.Same(crash.Exit, await worker.Exited);
        Assert.False(Leftovers.IsAlive(worker.ProcessId));
    }
}
