// An endless loop is stopped after a second, with everything it holds. No cooperation is needed: it catches all it can.

using System.Diagnostics;
using Brood;

await using var pool = new WorkerPool(workers: 2);
await pool.WarmUpAsync();

Callable patient = pool.With(new CallOptions { Timeout = TimeSpan.FromSeconds(1) });
var clock = Stopwatch.StartNew();
try
{
    await patient.CallAsync(Loop, 42);
    return 1;
}
catch (CallTimeoutException timeout)
{
    Console.WriteLine($"After {clock.Elapsed.TotalSeconds:0.00} s: {timeout.Message}");
}

clock.Restart();
int answer = await pool.CallAsync(x => x + 1, 41);
Console.WriteLine($"After another {clock.Elapsed.TotalMilliseconds:0} ms the pool has answered the next call: {answer}.");

PoolStatistics statistics = pool.GetStatistics();
Console.WriteLine($"Timed out: {statistics.TimedOut}. Workers killed: {statistics.Killed}. Crashed: {statistics.Crashed}.");
return answer == 42 && statistics is { TimedOut: 1, Killed: 1, Crashed: 0 } ? 0 : 1;

static void Loop(int seed)
{
    while (true)
    {
        try
        {
            seed = (seed * 31) + 1;
        }
        finally
        {
            seed--;
        }
    }
}
