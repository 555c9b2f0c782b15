namespace Brood.Pool.Deaths;

/// <summary>How a worker is brought to die at each point that the table names, while it has, or is about to get, one call.</summary>
internal static class DeathPoints
{
    private const int NearlyLongestRecord = 30_000;

    /// <summary>With the record that defines the function, so much that the worker publishes its head as soon as it is free.</summary>
    private const int EighthOfTheRing = 32_600;

    private static readonly Dictionary<string, DeathPoint> s_points = new()
    {
        ["asleep (C7)"] = new(KillAsleep, Answer),
        ["asleep, when Exit comes"] = new(WhenIdle(Areas.Status), static stage => stage.JoinAsync()) { CallsBehind = 0 },
        ["stopped before C1"] = new(Asleep, static stage => stage.StopSendAndKill()),
        ["woken, before it looks (C7)"] = new(WhenIdle(Areas.Controls), Answer),
        ["at C1"] = new(WhenIdle(Areas.CallsSeen), Answer),
        ["at C4"] = new(WhenIdle(Areas.Calls), Answer),
        ["after C4, before Phase"] = new(WhenIdle(Areas.Status), Answer),
        ["while it reads the arguments"] = new(null, static stage => Decode(stage, null)),
        ["after that, before the function"] = new(null, static stage => Decode(stage, Areas.Status)),
        ["in the function"] = new(null, static stage => stage.Workers.CallAsync(Victims.Kill)),
        ["in the function, after a report"] = new(null, Report),
        ["after the function, before Phase"] = new(null, Arm(Areas.Status)),
        ["while a block is copied out"] = new(OneBlockBack, Returning(Areas.BulkBackSecondPage, Victims.BulkBytes)),
        ["before InUse is set for it"] = new(OneBlockBack, Returning(Areas.BulkBack, Victims.BulkBytes)),
        ["after a block, before its record"] = new(OneBlockBack, Returning(Areas.Results, Victims.BulkBytes)),
        ["at P2 of the result"] = new(FillResults, Returning(Areas.Results, NearlyLongestRecord)),
        ["after P2 of the result"] = new(FillResults, Returning(Areas.ResultsFirstPage, NearlyLongestRecord)),
        ["at P3 of the result"] = new(null, Arm(Areas.Results)),
        ["in the middle of P3"] = new(null, Returning(Areas.ResultsSecondPage, Victims.ManyBytes)),
        ["after P4, before P5"] = new(null, static stage => stage.Workers.CallAsync(Victims.ArmWithHostAsleep, Areas.ControlsSeen)),
        ["after P4 of a result with a block"] = new(OneBlockBack, Returning(Areas.ControlsSeen, Victims.BulkBytes)),
        ["in P5, before the wake-up"] = new(null, static stage => stage.Workers.CallAsync(Victims.ArmWithHostAsleep, Areas.Controls)),
        ["after P5, before Phase"] = new(null, static stage => stage.Workers.CallAsync(Victims.ArmWhenFlushed, Areas.Status)),
        ["before it frees the call's block"] = new(OneBlockOut, static stage => stage.Workers.CallAsync(
            Victims.ArmAndTake, Areas.BulkOut, Victims.Bytes(Victims.BulkBytes))),
        ["while it frees the call's record (C5)"] = new(null, Arm(Areas.Calls)),
        ["after C5, before C6"] = new(null, static stage => stage.Workers.CallAsync(
            Victims.ArmAndKeepHostAsleep, Areas.Controls, Victims.Bytes(EighthOfTheRing))) { CallsBehind = 0 },
        ["control ring: at C1"] = new(null, static stage => CancelAsync(stage, Areas.ControlSeen)),
        ["control ring: at C5 of a cancel"] = new(null, static stage => CancelAsync(stage, Areas.Control)),
        ["control ring: at C5 of credit"] = new(null, StreamAsync),
        ["control ring: at C5 of an item"] = new(null, Enumerating(Areas.Control)),
        ["control ring: before it frees an item's block"] = new(null, Enumerating(Areas.BulkOut)),
    };

    public static DeathPoint Find(string name) => s_points[name];

    public static IEnumerable<string> Names => s_points.Keys;

    private static Task<int> Answer(Stage stage) => stage.Workers.CallAsync(Victims.ReturnAnswer);

    private static Task Asleep(Stage stage)
    {
        stage.AwaitAsleep();
        return Task.CompletedTask;
    }

    private static Task KillAsleep(Stage stage)
    {
        stage.AwaitAsleep();
        Native.Kill(stage.ProcessId, Native.SIGKILL);
        return Task.CompletedTask;
    }

    private static Func<Stage, Task> WhenIdle(string area) => async stage =>
    {
        await stage.Workers.CallAsync(Victims.ArmWhenIdle, area);
        stage.AwaitTrap();
    };

    private static Func<Stage, Task<int>> Arm(string area) => stage => stage.Workers.CallAsync(Victims.ArmAndAnswer, area);

    private static Func<Stage, Task<int>> Returning(string area, int count) => async stage =>
        Victims.IsWhole(await stage.Workers.CallAsync(Victims.ArmAndReturn, area, count)) ? Victims.Answer : 0;

    private static Func<Stage, Task<int>> Enumerating(string area) => stage => stage.Workers.CallAsync(
        Victims.ArmAndEnumerate, area, AsyncEnumerable.Repeat(Victims.Bytes(Victims.BulkBytes), 100));

    /// <summary>From then on the area is mapped, and its first block is free.</summary>
    private static Task OneBlockBack(Stage stage) => stage.Workers.CallAsync(Victims.ArmAndReturn, default(string), Victims.BulkBytes);

    private static Task OneBlockOut(Stage stage) =>
        stage.Workers.CallAsync(Victims.ArmAndTake, default(string), Victims.Bytes(Victims.BulkBytes));

    /// <summary>The next record of this length does not fit before the end of the ring.</summary>
    private static async Task FillResults(Stage stage)
    {
        for (int i = 0; i < 8; i++)
        {
            await stage.Workers.CallAsync(Victims.ArmAndReturn, default(string), NearlyLongestRecord);
        }
    }

    private static Task<int> Decode(Stage stage, string? area)
    {
        string mark = Path.GetTempFileName();
        var set = new SortedSet<int>(new ArmingComparer(mark, area, Environment.ProcessId)) { 1, 2, 3 };
        return stage.Workers.CallAsync(static numbers => numbers.Count + 39, set);
    }

    private static async Task<int> Report(Stage stage)
    {
        var reports = new List<int>();
        try
        {
            return await stage.Workers.CallAsync(Victims.ReportAndKill, (IProgress<int>)new Reports(reports));
        }
        finally
        {
            Assert.Equal([1, 2, 3], reports);
        }
    }

    private static async Task<int> CancelAsync(Stage stage, string area)
    {
        using var source = new CancellationTokenSource();
        Task<int> call = stage.Workers.CallAsync(Victims.ArmControl, area, CancellationToken.None, source.Token);
        stage.AwaitTrap();
        await source.CancelAsync();
        return await call;
    }

    /// <summary>What was sent before comes, whole and in order; then the crash.</summary>
    private static async Task<int> StreamAsync(Stage stage)
    {
        int next = 0;
        await foreach (int item in stage.Workers.StreamAsync(Victims.ArmAndCount, Areas.Control))
        {
            Assert.Equal(next++, item);
        }
        return Victims.Answer;
    }

    private sealed class Reports(List<int> list) : IProgress<int>
    {
        public void Report(int value) => list.Add(value);
    }
}

/// <param name="Prepare">Makes the worker ready to die; it must not die of this.</param>
/// <param name="Call">Makes the call whose fate the table tells.</param>
internal sealed record DeathPoint(Func<Stage, Task>? Prepare, Func<Stage, Task<int>> Call)
{
    /// <summary>Sent after it, to the same worker.</summary>
    public int CallsBehind { get; init; } = 3;
}
