namespace Brood.Pool;

public class ChaosTests(ITestOutputHelper output)
{
    [Fact(Timeout = 240_000)]
    public async Task A_hundred_thousand_calls_end_once_each_while_workers_are_killed_and_stopped()
    {
        int seed = Environment.GetEnvironmentVariable("BROOD_SEED") is { Length: > 0 } text ? int.Parse(text) : Random.Shared.Next();
        output.WriteLine($"BROOD_SEED={seed}");
        Leftovers before = Leftovers.Now();
        var chaos = new Chaos(seed, workers: 4);
        // Before the runner's own limit, which would say nothing but that it was exceeded.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(220));
        await chaos.RunAsync(50_000, limit.Token);
        output.WriteLine($"{chaos.Kills} kills, {chaos.Stops} stops, {string.Join(", ", chaos.Outcomes)}");
        Leftovers.AssertNoneSince(before);
    }
}
