using System.Diagnostics;

namespace Brood.Ending;

/// <summary>What a function starts in a session of its own, where no signal to the worker's group reaches it.</summary>
public class SessionTests
{
    [Theory(Timeout = Watchdog.Milliseconds)]
    [InlineData("joined")]
    [InlineData("disposed")]
    [InlineData("killed")]
    [InlineData("run once")]
    [InlineData("recycled")]
    public async Task It_ends_with_its_worker_when_that_is(string how)
    {
        int child;
        switch (how)
        {
            case "run once":
                child = await Worker.RunAsync(StartSession);
                break;
            case "recycled":
                await using (var pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, MaxCallsPerWorker = 1 }))
                {
                    child = await pool.CallAsync(StartSession);
                    await pool.CallAsync(static () => 0);
                }
                break;
            default:
                Worker worker = await Worker.StartAsync();
                child = await worker.CallAsync(StartSession);
                Assert.True(ProcessFacts.Exists(child));
                await (how == "joined" ? worker.JoinAsync() : how == "killed" ? worker.KillAsync() : worker.DisposeAsync().AsTask());
                break;
        }
        await ProcessFacts.WaitUntilGoneAsync(child);
    }

    private static int StartSession()
    {
        // It leads no group yet, so setsid becomes sleep without another process in between.
        int pid = Process.Start("setsid", ["sleep", "1000"]).Id;
        // Until it is in its own session, the group would take it along.
        SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{pid}/stat").Split(' ')[5] == $"{pid}");
        return pid;
    }
}
