namespace Brood.Channel.Fuzz;

/// <summary>Runs a case for many seeds. What fails names the seed of its one case.</summary>
internal static class FuzzCases
{
    /// <summary>What one case may allocate: the exception that it ends with (the first of a process costs most), and little else.</summary>
    private const long AllowedBytes = 256 * 1024;

    /// <summary>BROOD_FUZZ_COUNT raises the count, BROOD_FUZZ_SEED repeats a run from its seed on.</summary>
    /// <param name="one">One case. It says whether the bytes were refused.</param>
    public static void Run(ITestOutputHelper output, int usualCount, Func<Random, bool> one)
    {
        int count = Math.Max(usualCount, Given("BROOD_FUZZ_COUNT") ?? 0);
        int first = Given("BROOD_FUZZ_SEED") ?? Random.Shared.Next();
        output.WriteLine($"BROOD_FUZZ_SEED={first}");
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            int seed = unchecked(first + i);
            var random = new Random(seed);
            try
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                refused += one(random) ? 1 : 0;
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(allocated < AllowedBytes, $"{allocated:N0} bytes were allocated");
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"BROOD_FUZZ_SEED={seed}: {e.Message}", e);
            }
        }
        output.WriteLine($"{refused:N0} of {count:N0} were refused");
    }

    private static int? Given(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int value) ? value : null;
}
