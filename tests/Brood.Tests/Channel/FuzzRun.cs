namespace Brood.Channel;

/// <summary>How often a fuzz test runs, and from which seed.</summary>
internal static class FuzzRun
{
    /// <summary>BROOD_FUZZ_COUNT raises it, BROOD_FUZZ_SEED repeats a run.</summary>
    public static int Count(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("BROOD_FUZZ_COUNT"), out int count) ? Math.Max(count, usual) : usual;

    public static Random Start(ITestOutputHelper output)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BROOD_FUZZ_SEED"), out int given) ? given : Random.Shared.Next();
        output.WriteLine($"BROOD_FUZZ_SEED={seed}");
        return new Random(seed);
    }
}
