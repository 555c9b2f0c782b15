using System.Diagnostics;
using Brood.Pool;

// dotnet run -c Release --project tests/Brood.Soak -- [channel] --minutes 60 [--seed 1] [--workers 4]
// Chaos for hours: rounds of 100,000 calls each while workers are killed; with `channel`: all that crosses between two
// processes at full speed, nobody killed. Until the time is up or something was lost. Exit code 1: it was.
int minutes = Option("--minutes", 60);
int seed = Option("--seed", Random.Shared.Next(1_000_000));
int workers = Option("--workers", 4);
bool channel = args.Contains("channel");
var clock = Stopwatch.StartNew();
for (int round = 0; clock.Elapsed.TotalMinutes < minutes; round++)
{
    string figures;
    try
    {
        figures = channel ? await StressChannelAsync(seed + round) : await MakeChaosAsync(seed + round);
    }
    catch (Exception e)
    {
        Console.Error.WriteLine($"round {round}: {e}");
        return 1;
    }
    Console.WriteLine(
        $"{clock.Elapsed:hh\\:mm\\:ss} round {round}, seed {seed + round}: {figures}; "
        + $"{Directory.GetFiles("/proc/self/fd").Length} descriptors, {Environment.WorkingSet >> 20} MiB");
}
return 0;

async Task<string> MakeChaosAsync(int seed)
{
    var chaos = new Chaos(seed, workers);
    await chaos.RunAsync(50_000);
    return $"{chaos.Kills} kills, {chaos.Stops} stops, {string.Join(", ", chaos.Outcomes)}";
}

async Task<string> StressChannelAsync(int seed)
{
    var stress = new ChannelStress(seed);
    await stress.RunAsync(workers, TimeSpan.FromMinutes(1));
    return stress.ToString();
}

int Option(string name, int otherwise)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1]) : otherwise;
}
