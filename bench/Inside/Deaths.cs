using System.Diagnostics;

namespace Brood.Bench;

/// <summary>How long it takes to hear of a death, and to serve again. Each as median and 99th percentile of many.</summary>
internal static class Deaths
{
    private const int Count = 150;

    /// <summary>Not counted: meanwhile .NET compiles anew what this host uses, in the pauses and on the processors that are measured.</summary>
    private const int Warm = 30;

    public static async Task RunAsync()
    {
        Console.WriteLine($"{Count} times each, after {Warm} that do not count; milliseconds");
        await CrashesAsync();
        await HangsAsync();
    }

    /// <summary>Kill to exception; then exception to the result of the next call, with a spare.</summary>
    private static async Task CrashesAsync()
    {
        var noticed = new List<double>();
        var served = new List<double>();
        await using WorkerPool pool = await StartAsync();
        for (int i = -Warm; i < Count; i++)
        {
            Task hung = pool.CallAsync(Hang);
            using Process worker = Process.GetProcessById(await RunningAsync(pool));
            long start = Stopwatch.GetTimestamp();
            worker.Kill();
            try
            {
                await hung;
            }
            catch (WorkerCrashedException)
            {
            }
            TimeSpan heard = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            await pool.CallAsync(Increment, i);
            TimeSpan answered = Stopwatch.GetElapsedTime(start);
            if (i >= 0)
            {
                noticed.Add(heard.TotalMilliseconds);
                served.Add(answered.TotalMilliseconds);
            }
            await SettleAsync(pool);
        }
        Print("crash noticed (kill to exception)", noticed);
        Print("next call served, with a spare", served);
    }

    /// <summary>Cancel to the result of the next call.</summary>
    private static async Task HangsAsync()
    {
        var served = new List<double>();
        await using WorkerPool pool = await StartAsync();
        for (int i = -Warm; i < Count; i++)
        {
            using var stop = new CancellationTokenSource();
            Task hung = pool.CallAsync(Hang, stop.Token);
            await RunningAsync(pool);
            long start = Stopwatch.GetTimestamp();
            await stop.CancelAsync();
            try
            {
                await hung;
            }
            catch (OperationCanceledException)
            {
            }
            await pool.CallAsync(Increment, i);
            TimeSpan answered = Stopwatch.GetElapsedTime(start);
            if (i >= 0)
            {
                served.Add(answered.TotalMilliseconds);
            }
            await SettleAsync(pool);
        }
        Print("hung call killed, and serving again", served);
    }

    /// <summary>A spare that has come this moment is still setting itself up: deaths in a row cost what a start costs.</summary>
    private static async Task SettleAsync(WorkerPool pool)
    {
        await pool.WarmUpAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(100));
    }

    private static async Task<WorkerPool> StartAsync()
    {
        var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, SpareWorkers = 1 });
        await pool.WarmUpAsync();
        await pool.CallAsync(Increment, 1);
        await SettleAsync(pool);
        return pool;
    }

    /// <returns>The process id of the worker, once the function has started in it.</returns>
    private static async Task<int> RunningAsync(WorkerPool pool)
    {
        while (true)
        {
            foreach (WorkerStatistics worker in pool.GetStatistics().Workers)
            {
                if (worker.Function is not null)
                {
                    return worker.ProcessId;
                }
            }
            await Task.Yield();
        }
    }

    private static int Increment(int value) => value + 1;

    private static void Hang()
    {
        while (true)
        {
        }
    }

    private static void Print(string what, List<double> values)
    {
        values.Sort();
        Console.WriteLine($"{what,-38} median {values[values.Count / 2],7:F2}   99 % {values[(int)(values.Count * 0.99)],7:F2}");
    }
}
