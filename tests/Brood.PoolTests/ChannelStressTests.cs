namespace Brood.Pool;

public class ChannelStressTests(ITestOutputHelper output)
{
    [Fact(Timeout = 120_000)]
    public async Task Nothing_is_lost_or_torn_between_two_processes_at_full_speed()
    {
        int seed = Environment.GetEnvironmentVariable("BROOD_SEED") is { Length: > 0 } text ? int.Parse(text) : Random.Shared.Next();
        output.WriteLine($"BROOD_SEED={seed}");
        var stress = new ChannelStress(seed);
        await stress.RunAsync(workers: 2, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        output.WriteLine($"{stress}");
    }
}
