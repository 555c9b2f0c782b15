using System.Diagnostics;

namespace Brood.Bench;

/// <summary>Calls where there are more that want a processor than processors: does anybody stand still?</summary>
/// <remarks>
/// The median says what a call costs there; the longest says whether one ever waited longer than the system's scheduler makes
/// everybody wait, which pairs of plain threads show that wake each other in turn. Measured as it is, beside busy processes, and
/// confined to one processor.
/// </remarks>
internal static class Crowded
{
    public const string Command = "crowded";

    private const string Confined = "confined";
    private const int Workers = 8;
    private const int Callers = 4;
    private const int CallsEach = 10_000;
    private const int InFlight = 20_000;
    private const int MapItems = 200_000;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["busy"])
        {
            while (true)
            {
            }
        }
        if (args is [Confined])
        {
            await MeasureAsync($"{Workers} workers, one processor (taskset -c 0)");
            return 0;
        }
        await MeasureAsync($"{Workers} workers, {Environment.ProcessorCount} processors");
        Process[] busy = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(static _ => StartSelf([], "busy"))];
        try
        {
            await MeasureAsync($"the same, beside {busy.Length} processes that never rest");
        }
        finally
        {
            foreach (Process process in busy)
            {
                process.Kill();
                process.Dispose();
            }
        }
        using Process confined = StartSelf(["taskset", "-c", "0"], Confined);
        await confined.WaitForExitAsync();
        return confined.ExitCode;
    }

    private static async Task MeasureAsync(string where)
    {
        Console.WriteLine($"{where}; microseconds");
        await using var pool = new WorkerPool(Workers);
        await pool.WarmUpAsync();
        for (int i = 0; i < 1_000; i++)
        {
            await pool.CallAsync(Increment, i);
        }
        Action<int> call = i => pool.Call(Increment, i);
        Print($"no Brood: {Callers} pairs", Together(Callers, InTurn));
        Print("Call, one thread", Together(1, () => call));
        Print($"Call, {Callers} threads", Together(Callers, () => call));
        Print($"CallAsync, {Callers} at a time", await TogetherAsync(i => pool.CallAsync(Increment, i)));

        long start = Stopwatch.GetTimestamp();
        Task<int>[] calls = [.. Enumerable.Range(0, InFlight).Select(i => pool.CallAsync(Increment, i))];
        await Task.WhenAll(calls);
        Console.WriteLine($"  {$"{InFlight:N0} in flight, a call",-24} {Stopwatch.GetElapsedTime(start).TotalMicroseconds / InFlight,9:F2}");

        start = Stopwatch.GetTimestamp();
        var gaps = new List<double>(MapItems);
        long last = start;
        await foreach (int _ in pool.MapAsync(Increment, Enumerable.Range(0, MapItems)))
        {
            long now = Stopwatch.GetTimestamp();
            gaps.Add(Stopwatch.GetElapsedTime(last, now).TotalMicroseconds);
            last = now;
        }
        Console.WriteLine(
            $"  {"map, an item",-24} {Stopwatch.GetElapsedTime(start).TotalMicroseconds / MapItems,9:F2}   longest gap {gaps.Max(),9:F0}");
    }

    /// <summary>What the system alone takes to let another thread run, and this one again.</summary>
    private static Action<int> InTurn()
    {
        var there = new AutoResetEvent(false);
        var back = new AutoResetEvent(false);
        var other = new Thread(() =>
        {
            while (there.WaitOne())
            {
                back.Set();
            }
        })
        { IsBackground = true };
        other.Start();
        return _ =>
        {
            there.Set();
            back.WaitOne();
        };
    }

    private static List<double> Together(int threads, Func<Action<int>> begin)
    {
        var all = new List<double>();
        Thread[] callers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            Action<int> call = begin();
            var took = new List<double>(CallsEach);
            for (int i = 0; i < CallsEach; i++)
            {
                long start = Stopwatch.GetTimestamp();
                call(i);
                took.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
            lock (all)
            {
                all.AddRange(took);
            }
        }))];
        foreach (Thread caller in callers)
        {
            caller.Start();
        }
        foreach (Thread caller in callers)
        {
            caller.Join();
        }
        return all;
    }

    private static async Task<List<double>> TogetherAsync(Func<int, Task> call)
    {
        List<double>[] all = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var took = new List<double>(CallsEach);
            for (int i = 0; i < CallsEach; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await call(i);
                took.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
            return took;
        })));
        return [.. all.SelectMany(static took => took)];
    }

    private static void Print(string what, List<double> took)
    {
        took.Sort();
        Console.WriteLine(
            $"  {what,-24} median {took[took.Count / 2],9:F2}   99 % {took[(int)(took.Count * 0.99)],9:F1}   "
            + $"99.9 % {took[(int)(took.Count * 0.999)],9:F0}   longest {took[^1],9:F0}");
    }

    private static int Increment(int value) => value + 1;

    private static Process StartSelf(string[] prefix, string mode) => Process.Start(
        prefix.Length > 0 ? prefix[0] : Environment.ProcessPath!,
        prefix.Length > 0 ? [.. prefix[1..], Environment.ProcessPath!, Command, mode] : [Command, mode]);
}
