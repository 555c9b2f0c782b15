namespace Brood.Pool;

/// <summary>What workers and queued calls cost their host. Its output is the source of docs/design/0006.</summary>
public class ScaleProbe(ITestOutputHelper output)
{
    /// <summary>More would measure the limits of the machine: the rest is scaled.</summary>
    private const int Workers = 32;
    private const int Calls = 100_000;

    [Fact(Explicit = true)]
    public async Task Cost_of_workers_and_queued_calls()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        (int threads, int descriptors, int mappings, long heap, long resident) before = Now();
        await using var pool = new WorkerPool(Workers);
        await pool.WarmUpAsync(token);
        (int threads, int descriptors, int mappings, long heap, long resident) warm = Now();
        output.WriteLine($"{Workers} workers: {warm.threads - before.threads} threads, {warm.descriptors - before.descriptors} descriptors, "
            + $"{warm.mappings - before.mappings} mappings, heap {(warm.heap - before.heap) >> 10} KiB, resident {(warm.resident - before.resident) >> 10} KiB");
        output.WriteLine($"a worker: {pool.GetStatistics().Workers.Average(static worker => worker.MemoryBytes / 1048576.0):F1} MiB of its own");

        using var gate = new Gate();
        Task[] blocked = [.. Enumerable.Range(0, Workers).Select(_ => pool.CallAsync(Gate.Wait, gate.Path, token))];
        var calls = new Task<int>[Calls];
        long allocated = GC.GetTotalAllocatedBytes(true);
        long heap = GC.GetTotalMemory(true);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int i = 0; i < Calls; i++)
        {
            calls[i] = pool.CallAsync(static x => x + 1, i, token);
        }
        TimeSpan took = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        output.WriteLine($"{pool.GetStatistics().Queued} queued: {took.TotalMicroseconds / Calls:F2} µs a call, "
            + $"{(GC.GetTotalAllocatedBytes(true) - allocated) / Calls} bytes allocated, {(GC.GetTotalMemory(true) - heap) / Calls} bytes kept a call");
        start = System.Diagnostics.Stopwatch.GetTimestamp();
        gate.Open();
        await Task.WhenAll(blocked);
        await Task.WhenAll(calls);
        output.WriteLine($"served in {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }

    private static (int, int, int, long, long) Now() => (
        Directory.GetDirectories("/proc/self/task").Length, Directory.GetFiles("/proc/self/fd").Length,
        File.ReadLines("/proc/self/maps").Count(static line => line.Contains("memfd:brood", StringComparison.OrdinalIgnoreCase)),
        GC.GetTotalMemory(true), Environment.WorkingSet);
}
