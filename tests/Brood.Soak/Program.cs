using System.Diagnostics;
using Brood.Pool;

// dotnet run --project tests/Brood.Soak -- --minutes 60 [--seed 1] [--workers 4]
// Chaos for hours: rounds of 100,000 calls each, until the time is up or something was lost. Exit code 1: it was.
int minutes = Option("--minutes", 60);
int seed = Option("--seed", Random.Shared.Next(1_000_000));
int workers = Option("--workers", 4);
var clock = Stopwatch.StartNew();
for (int round = 0; clock.Elapsed.TotalMinutes < minutes; round++)
{
    var chaos = new Chaos(seed + round, workers);
    try
    {
        await chaos.RunAsync(50_000);
    }
    catch (Exception e)
    {
        Console.Error.WriteLine($"round {round}: {e}");
        return 1;
    }
    Console.WriteLine(
        $"{clock.Elapsed:hh\\:mm\\:ss} round {round}, seed {seed + round}: {chaos.Kills} kills, {chaos.Stops} stops, "
        + $"{string.Join(", ", chaos.Outcomes)}; {Directory.GetFiles("/proc/self/fd").Length} descriptors, "
        + $"{Environment.WorkingSet >> 20} MiB");
}
return 0;

int Option(string name, int otherwise)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1]) : otherwise;
}
