namespace Brood.Pool.Deaths;

/// <summary>The same while a chunk is answered, item by item, in one record that grows.</summary>
public class MapDeathTests
{
    private const int Items = 8;

    /// <summary>By point: at which item which trap is set.</summary>
    private static readonly Dictionary<string, (int Item, string Trap)> s_points = new()
    {
        ["growing: in an item's function"] = (4, nameof(Victims.Kill)),
        ["growing: between two items"] = (4, Areas.Status),
        ["growing: at an item's first byte"] = (4, Areas.Results),
        ["growing: in the middle of an item"] = (4, Areas.ResultsSecondPage),
        ["growing: after an item, before it is counted"] = (5, Areas.ResultsFirstPage),
        ["growing: after it is counted, before P5"] = (4, Areas.ControlsSeen),
        ["growing: after the last item, before it is closed"] = (Items - 1, Areas.Status),
        ["growing: closed, before End"] = (Items - 1, Areas.ResultsThirdPage),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Points => [.. s_points.Keys];

    internal static IEnumerable<string> Names => s_points.Keys;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task Items_that_were_done_are_kept_and_only_the_one_that_ran_is_blamed(string point)
    {
        (int armed, string trap) = s_points[point];
        using var counters = new Counters(Items);
        await using var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, Output = WorkerOutput.Discard });
        await pool.WarmUpAsync(Token);
        using var stage = new Stage(pool, pool.GetStatistics().Workers.Single().ProcessId);
        var traps = new string?[Items];
        traps[armed] = trap;
        string path = counters.Path;

        List<MapResult<byte[]>> results = await pool.MapResultsAsync(
            item => Victims.ArmAtItem(path, traps, item), Source(stage), new MapOptions { ChunkSize = Items }, Token).ToListAsync(Token);

        var failed = results.Where(static result => !result.Succeeded).ToList();
        Assert.Equal(Items, results.Count);
        Assert.All(results.Where(static result => result.Succeeded), static result => Assert.True(Victims.IsWhole(result.Value)));
        Assert.All(Enumerable.Range(0, Items), item => Assert.Equal(1, counters[item]));
        Assert.All(failed, failure =>
        {
            Assert.Equal(armed, failure.Index);
            Assert.True(Assert.IsType<WorkerCrashedException>(failure.Error).Started);
        });
        Assert.Equal(DeathTable.Row(point).Pool, failed.Count == 0 ? "all items" : "all items but the one that ran");
        Assert.Equal(7, await pool.CallAsync(Victims.Echo, 7, Token));
        Assert.Equal(DeathTable.Row(point).Phase, stage.LastPhase.ToString());
    }

    /// <summary>One chunk; the map is open until its worker is dead.</summary>
    private static async IAsyncEnumerable<int> Source(Stage stage)
    {
        for (int i = 0; i < Items; i++)
        {
            yield return i;
        }
        await Task.Run(stage.AwaitEnd);
    }
}
