namespace Brood.Pool.Deaths;

/// <summary>A real worker is killed between two steps of its own code, at every point that the table names.</summary>
public class DeathTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Points => [.. DeathPoints.Names];

    [Fact]
    public void Every_point_of_the_table_is_tried_and_every_point_that_is_tried_is_in_the_table() =>
        Assert.Equal(DeathTable.Rows.Select(static row => row.Point).Order(), DeathPoints.Names.Concat(MapDeathTests.Names).Order());

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task In_a_pool_the_call_has_its_outcome_and_all_others_have_their_results(string point)
    {
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Output = WorkerOutput.Discard });
        await pool.WarmUpAsync(Token);
        using var stage = new Stage(pool, pool.GetStatistics().Workers.Single().ProcessId);

        (string outcome, Task<int>[] behind) = await PlayAsync(point, stage);

        Assert.Equal(DeathTable.Row(point).Pool, outcome);
        Assert.Equal(Enumerable.Range(0, behind.Length), await Task.WhenAll(behind));
        if (behind.Length > 0)
        {
            Assert.NotEqual(stage.ProcessId, pool.GetStatistics().Workers.Single().ProcessId);
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task On_a_single_worker_the_call_has_its_outcome_and_those_behind_it_have_not_started(string point)
    {
        await using Worker worker = await Worker.StartAsync(new WorkerOptions { Output = WorkerOutput.Discard }, Token);
        using var stage = new Stage(worker, worker.ProcessId);

        (string outcome, Task<int>[] behind) = await PlayAsync(point, stage);

        Assert.Equal(DeathTable.Row(point).Worker, outcome);
        foreach (Task<int> call in behind)
        {
            Assert.False((await Assert.ThrowsAsync<WorkerCrashedException>(() => call)).Started);
        }
        WorkerExit exit = await worker.Exited;
        output.WriteLine(exit.ToString());
        Assert.Equal(ExitReason.Signal, exit.Reason);
    }

    private async Task<(string Outcome, Task<int>[] Behind)> PlayAsync(string point, Stage stage)
    {
        DeathPoint death = DeathPoints.Find(point);
        if (death.Prepare is not null)
        {
            await death.Prepare(stage);
        }
        Task<int> call = death.Call(stage);
        Task<int>[] behind = [.. Enumerable.Range(0, death.CallsBehind).Select(i => stage.Workers.CallAsync(Victims.Echo, i, Token))];
        string outcome = await DescribeAsync(call);
        stage.AwaitEnd();
        Assert.Equal(DeathTable.Row(point).Phase, stage.LastPhase.ToString());
        return (outcome, behind);
    }

    private async Task<string> DescribeAsync(Task<int> call)
    {
        try
        {
            int answer = await call;
            return answer == Victims.Answer ? "result" : $"another result, {answer}";
        }
        catch (WorkerCrashedException e)
        {
            output.WriteLine(e.Message);
            Assert.Equal(ExitReason.Signal, e.Exit.Reason);
            Assert.Contains(e.Exit.Signal, new[] { "SIGKILL", "SIGSEGV" });
            return e.Started ? "crash, started" : "crash, not started";
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }
}
