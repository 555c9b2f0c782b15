using Brood.Workers;

namespace Brood.Pool;

public class SchedulerTests
{
    [Fact]
    public void A_worker_that_kept_too_much_memory_is_recycled_between_two_calls()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxMemoryBytes = 1000 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        workers.Submit();
        link.MemoryBytes = 2000;

        Run(link);

        Assert.Equal(ExitReason.Recycled, link.Joined);
        Assert.Null(link.Killed);
        Assert.Single(workers.Starting);
    }

    [Fact]
    public void An_idle_worker_whose_memory_grows_after_its_last_call_is_recycled_without_waiting_for_another()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxMemoryBytes = 1000 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        Run(link);
        link.MemoryBytes = 2000;

        workers.Clock.Advance(WorkerConnection.MemoryPeriod);

        Assert.Equal(ExitReason.Recycled, link.Joined);
    }

    [Fact]
    public void An_idle_worker_that_has_grown_too_large_gets_no_call()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxMemoryBytes = 1000 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        Run(link);
        workers.Clock.Advance(TimeSpan.FromMinutes(1));
        link.MemoryBytes = 2000;
        workers.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(link.Joined);

        FakeCall innocent = workers.Submit();

        Assert.Equal((0, ExitReason.Recycled), (link.InFlightCount, link.Joined));
        Run(workers.FinishStart());
        Assert.True(innocent.IsCompleted);
        Assert.Null(innocent.Error);
    }

    [Fact]
    public void The_memory_of_a_first_call_is_watched_until_it_is_too_much()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxMemoryBytes = 1000 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        link.Claim();
        link.Start();
        workers.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(link.Killed);
        link.MemoryBytes = 2000;

        workers.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ExitReason.MemoryLimit, link.Killed);
        Assert.Contains($"{nameof(WorkerOptions.MaxMemoryBytes)} allows", link.KillFacts, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replacement_is_started_before_a_used_up_worker_has_ended_its_last_call()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxCallsPerWorker = 1 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        workers.Submit();

        Assert.Single(workers.Starting);
        Assert.Equal(1, link.InFlightCount);
    }

    [Fact]
    public void A_call_that_kills_its_workers_while_they_read_it_fails_without_having_started()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        FakeCall poison = workers.Submit();
        FakeCall innocent = workers.Submit();
        for (int i = 0; i < 3; i++)
        {
            FakeLink link = workers.FinishStart();
            link.Claim();
            workers.Die(link, ExitReason.Signal);
        }

        Assert.False(Assert.IsType<WorkerCrashedException>(poison.Error).Started);
        Assert.False(innocent.IsEnded);
        Run(workers.FinishStart());
        Assert.True(innocent.IsCompleted);
    }

    [Fact]
    public void A_pool_that_serves_does_not_fail_its_queue_because_one_more_worker_does_not_start()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 2, RestartIntensity = 0 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        FakeCall waiting = workers.Submit();

        workers.FailStart();
        Assert.False(waiting.IsEnded);
        Run(link);
        Run(link);

        Assert.Null(waiting.Error);
        Assert.True(waiting.IsCompleted);
    }

    [Fact]
    public void Workers_that_die_before_their_first_call_end_in_one_exception()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, RestartIntensity = 2 });
        FakeCall call = workers.Submit();
        for (int i = 0; i < 3; i++)
        {
            FakeLink link = workers.FinishStart();
            workers.Die(link, ExitReason.Signal);
        }

        Assert.IsType<WorkerStartException>(call.Error);
        Assert.Empty(workers.Starting);
    }

    [Fact]
    public void Starts_that_hang_end_in_one_exception_too()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, RestartIntensity = 2 });
        FakeCall call = workers.Submit();
        for (int i = 0; i < 3; i++)
        {
            Assert.False(call.IsEnded);
            workers.Clock.Advance(workers.Options.StartTimeout);
            workers.FailStart();
        }

        Assert.IsType<WorkerStartException>(call.Error);
        Assert.Empty(workers.Starting);
    }

    [Fact]
    public void A_worker_that_does_not_leave_is_killed_in_time_though_it_never_had_a_call()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        _ = workers.Scheduler.WarmUpAsync(CancellationToken.None);
        FakeLink link = workers.FinishStart();
        _ = workers.Scheduler.JoinAsync();
        Assert.Equal(ExitReason.Joined, link.Joined);
        Assert.Null(link.Killed);

        workers.Clock.Advance(workers.Options.JoinTimeout);

        Assert.Equal(ExitReason.Killed, link.Killed);
    }

    [Fact]
    public void A_large_call_is_copied_without_holding_others_up()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        Run(link);
        bool wasFree = false;
        workers.WhileCopying = _ => wasFree = Task.Run(workers.Scheduler.GetStatistics).Wait(TimeSpan.FromSeconds(30));

        FakeCall large = workers.SubmitLarge();

        Assert.True(wasFree);
        Run(link);
        Assert.True(large.IsCompleted);
    }

    [Fact]
    public void A_large_call_that_waited_is_copied_apart_and_its_worker_is_not_idle_meanwhile()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, IdleTimeout = TimeSpan.FromSeconds(1) });
        FakeCall large = workers.SubmitLarge();
        FakeLink link = workers.FinishStart();
        Assert.Equal(0, link.InFlightCount);
        Assert.Equal(1, workers.Scheduler.GetStatistics().Queued);

        workers.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(link.Joined);
        Assert.True(workers.TryCopy());
        Run(link);

        Assert.True(large.IsCompleted);
    }

    [Fact]
    public void A_large_call_whose_worker_dies_while_it_is_copied_goes_to_another()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        FakeCall large = workers.SubmitLarge();
        workers.FinishStart();
        workers.WhileCopying = link => workers.Die(link, ExitReason.Signal);
        Assert.True(workers.TryCopy());
        workers.WhileCopying = null;
        Assert.False(large.IsEnded);

        FakeLink other = workers.FinishStart();
        Assert.True(workers.TryCopy());
        Run(other);

        Assert.True(large.IsCompleted);
        Assert.Null(large.Error);
    }

    [Fact]
    public void A_large_call_that_cannot_be_copied_fails_alone()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        FakeCall large = workers.SubmitLarge();
        FakeCall behind = workers.Submit();
        FakeLink link = workers.FinishStart();
        workers.CopyFails = true;
        Assert.True(workers.TryCopy());

        Assert.IsType<TransferException>(large.Error);
        Run(link);
        Assert.True(behind.IsCompleted);
    }

    [Fact]
    public void A_worker_that_serves_one_call_is_not_replaced_while_that_is_copied()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxCallsPerWorker = 1 });
        FakeCall[] calls = [workers.SubmitLarge(), workers.SubmitLarge(), workers.SubmitLarge()];
        foreach (FakeCall call in calls)
        {
            FakeLink link = workers.FinishStart();
            Assert.Empty(workers.Starting);
            Assert.True(workers.TryCopy());
            Run(link);
            Assert.True(call.IsCompleted);
        }
    }

    [Fact]
    public void A_worker_that_was_idle_is_not_slow_because_a_large_call_is_being_copied()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        Run(link);
        workers.Clock.Advance(TimeSpan.FromMinutes(1));
        workers.WhileCopying = _ => workers.Submit();

        workers.SubmitLarge();
        Run(link);
        Run(link);

        Assert.True(workers.Scheduler.GetStatistics().TimeRunning.Max < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_large_call_that_is_cancelled_while_it_is_copied_does_not_run()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        using var token = new CancellationTokenSource();
        FakeCall large = workers.SubmitLargeWith(token.Token);
        FakeLink link = workers.FinishStart();
        workers.WhileCopying = _ => token.Cancel();
        Assert.True(workers.TryCopy());

        Assert.IsType<OperationCanceledException>(large.Error);
        Assert.Equal(0, link.InFlightCount);
        Assert.Equal(0, workers.CopiesOpen);
    }

    [Fact]
    public void A_start_that_fails_while_the_pool_is_joined_does_not_keep_it()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, RestartIntensity = 0 });
        FakeCall call = workers.Submit();
        Task end = workers.Scheduler.JoinAsync();

        workers.FailStart();

        Assert.True(end.IsCompleted);
        Assert.IsType<WorkerStartException>(call.Error);
    }

    [Fact]
    public void A_pool_that_is_killed_ends_the_workers_that_are_starting()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        FakeCall call = workers.Submit();

        Task end = workers.Scheduler.KillAsync();

        Assert.True(end.IsCompleted);
        Assert.IsType<ObjectDisposedException>(call.Error);
        Assert.Equal(1, workers.Scheduler.GetStatistics().Failed);
    }

    [Fact]
    public void A_worker_that_does_not_leave_is_killed()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxCallsPerWorker = 1 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        Run(link);
        Assert.Equal(ExitReason.Recycled, link.Joined);

        workers.Clock.Advance(workers.Options.JoinTimeout);

        Assert.Equal(ExitReason.Killed, link.Killed);
    }

    [Fact]
    public void A_pool_accepts_a_call_for_each_worker_that_it_has_not_started_yet()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 4, MaxQueuedCalls = 1 });
        for (int i = 0; i < 5; i++)
        {
            workers.Submit();
        }

        var error = Assert.Throws<PoolSaturatedException>(() => workers.Submit());
        Assert.Contains("one for each of its 4 workers and 1 that wait", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_chunks_of_a_map_are_never_refused_and_turn_no_other_call_away()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxQueuedCalls = 1 });
        for (int i = 0; i < 20; i++)
        {
            workers.SubmitWith(new CallOptions(), CancellationToken.None, items: 3);
        }

        workers.Submit();
        workers.Submit();

        Assert.Throws<PoolSaturatedException>(() => workers.Submit());
        workers.SubmitWith(new CallOptions(), CancellationToken.None, items: 3);
        Assert.Equal(1, workers.Scheduler.GetStatistics().Refused);
    }

    [Fact]
    public void The_call_of_a_worker_that_takes_nothing_runs_on_another_and_the_worker_is_replaced()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        FakeCall call = workers.Submit();
        FakeLink stopped = workers.FinishStart();
        Assert.Equal(1, stopped.InFlightCount);

        Pass(workers, TakeWatch.Limit + TakeWatch.Period);
        Assert.Equal((0, null), (stopped.InFlightCount, stopped.Killed));
        Pass(workers, TakeWatch.Period);

        Assert.Equal(ExitReason.Unresponsive, stopped.Killed);
        FakeLink other = workers.FinishStart();
        Run(other);
        Assert.True(call.IsCompleted);
        Assert.Null(call.Error);
        Assert.Equal(1, workers.Scheduler.GetStatistics().Unresponsive);
    }

    [Fact]
    public void A_worker_that_wakes_up_before_the_second_look_serves_on()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        FakeCall call = workers.Submit();
        FakeLink link = workers.FinishStart();
        // The whole machine may have stood still: all this time passes at once.
        workers.Clock.Advance(TakeWatch.Period);
        workers.Clock.Advance(TimeSpan.FromHours(8));
        Assert.Equal(0, link.InFlightCount);

        link.Skip();
        workers.Clock.Advance(TakeWatch.Period);

        Assert.Null(link.Killed);
        Run(link);
        Assert.True(call.IsCompleted);
    }

    [Fact]
    public void A_worker_that_runs_a_long_call_is_left_alone()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        workers.Submit();
        link.Claim();
        link.Start();

        Pass(workers, TimeSpan.FromMinutes(10));

        Assert.Null(link.Killed);
    }

    [Fact]
    public void A_worker_that_still_sets_itself_up_has_as_long_as_a_start_may_take()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, StartTimeout = TimeSpan.FromSeconds(20) });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        link.IsSetUp = false;

        Pass(workers, TimeSpan.FromSeconds(19));
        Assert.Null(link.Killed);
        Pass(workers, TimeSpan.FromSeconds(3));

        Assert.Equal(ExitReason.Unresponsive, link.Killed);
    }

    [Fact]
    public void A_time_limit_that_a_worker_lets_pass_without_taking_the_call_says_so_and_replaces_it()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        FakeCall call = workers.SubmitWith(new CallOptions { Timeout = TimeSpan.FromSeconds(2) }, CancellationToken.None, 1);
        FakeLink link = workers.FinishStart();
        FakeCall next = workers.Submit();

        Pass(workers, TimeSpan.FromSeconds(2));

        var error = Assert.IsType<CallTimeoutException>(call.Error);
        Assert.False(error.Started);
        Assert.Contains($"it had been handed to worker {link.ProcessId}, which had not taken it", error.Message, StringComparison.Ordinal);
        Pass(workers, TakeWatch.Period);
        Assert.Equal(ExitReason.Unresponsive, link.Killed);
        Run(workers.FinishStart());
        Assert.True(next.IsCompleted);
    }

    [Fact]
    public void A_call_that_waits_behind_another_times_out_waiting_for_its_turn()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        workers.Submit();
        FakeLink link = workers.FinishStart();
        link.Claim();
        link.Start();
        FakeCall call = workers.SubmitWith(new CallOptions { Timeout = TimeSpan.FromSeconds(2) }, CancellationToken.None, 1);

        Pass(workers, TimeSpan.FromSeconds(2));

        Assert.Contains("waiting for its turn", Assert.IsType<CallTimeoutException>(call.Error).Message, StringComparison.Ordinal);
        Assert.Null(link.Killed);
    }

    [Fact]
    public void The_items_of_a_map_are_what_a_worker_serves_and_one_that_may_not_take_the_next_chunk_is_replaced()
    {
        var workers = new FakeWorkers(new WorkerPoolOptions { Workers = 1, MaxCallsPerWorker = 5 });
        FakeCall[] chunks = [.. Enumerable.Range(0, 3).Select(_ => workers.SubmitWith(new CallOptions(), CancellationToken.None, items: 3))];
        FakeLink first = workers.FinishStart();
        Assert.Equal(1, first.InFlightCount);
        // It has one chunk, and two calls left: the replacement is on its way before it has ended that.
        Assert.Single(workers.Starting);
        Assert.Equal((3, 6), (workers.Scheduler.GetStatistics().Running, workers.Scheduler.GetStatistics().Queued));

        Run(first);
        Assert.Equal(ExitReason.Recycled, first.Joined);
        Run(workers.FinishStart());
        Run(workers.FinishStart());

        Assert.All(chunks, static chunk => Assert.True(chunk.IsCompleted));
        Assert.Equal(9, workers.Scheduler.GetStatistics().Finished);
    }

    /// <summary>Time as it passes on a machine that runs: timers find the clock where they expect it.</summary>
    private static void Pass(FakeWorkers workers, TimeSpan time)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(250);
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += step)
        {
            workers.Clock.Advance(step);
        }
    }

    private static void Run(FakeLink link)
    {
        link.Claim();
        link.Start();
        link.Finish(throws: false);
    }
}
