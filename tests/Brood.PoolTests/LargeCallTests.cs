namespace Brood.Pool;

public class LargeCallTests(ITestOutputHelper output)
{
    private const int Calls = 60;

    [Fact(Timeout = 120_000)]
    public async Task Large_and_small_calls_end_once_each_while_workers_are_killed()
    {
        int seed = Environment.GetEnvironmentVariable("BROOD_SEED") is { Length: > 0 } text ? int.Parse(text) : Random.Shared.Next();
        output.WriteLine($"BROOD_SEED={seed}");
        var random = new Random(seed);
        Leftovers before = Leftovers.Now();
        await using (var pool = new WorkerPool(new WorkerPoolOptions { Workers = 2, RestartIntensity = int.MaxValue }))
        {
            Callable retried = pool.With(new CallOptions { Retries = 100 });
            int ended = 0;
            Task[] calls = [.. Enumerable.Range(0, Calls).Select(i => CallAsync(random.Next(4) == 0 ? 1 : random.Next(6 << 20), (byte)i))];
            for (int next = 0; next < Calls; next += Calls / 10)
            {
                await Until(() => Volatile.Read(ref ended) >= next || Array.Exists(calls, static call => call.IsFaulted));
                if (pool.GetStatistics().Workers.FirstOrDefault(static worker => worker.ProcessId != 0) is { } victim)
                {
                    Native.Kill(victim.ProcessId, Native.SIGKILL);
                }
            }
            await Task.WhenAll(calls);
            Assert.Equal(Calls, ended);

            async Task CallAsync(int length, byte mark)
            {
                byte[] sent = new byte[length];
                Array.Fill(sent, mark);
                byte[] back = await retried.CallAsync(static bytes => bytes, sent);
                Assert.True(sent.AsSpan().SequenceEqual(back), $"Seed {seed}: {length} bytes of {mark} came back changed.");
                Interlocked.Increment(ref ended);
            }
        }
        Leftovers.AssertNoneSince(before);
    }

    /// <summary>Other threads make it so.</summary>
    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }
}
