namespace Brood.Starting;

[Collection(nameof(Alone))]
public class LeftoverTests
{
    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Twenty_workers_started_at_once_and_joined_leave_nothing_behind()
    {
        // What the first use of anything makes for good is made here.
        await UseAsync(2);
        await SettleAsync();
        (IReadOnlyList<string> fds, string[] temporary) = (ProcessFacts.Descriptors(), FilesOfBrood());
        int[] ids = await UseAsync(20);
        Assert.Equal(20, ids.Distinct().Count());
        Assert.All(ids, pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"{pid} is still there, perhaps as a zombie."));
        Assert.Empty(ProcessFacts.ChildrenOfThisProcess());
        await SettleAsync();
        Assert.Equal(0, ProcessFacts.Mappings());
        Assert.Empty(ProcessFacts.Descriptors().Except(fds));
        Assert.Equal(temporary, FilesOfBrood());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Workers_that_crash_leave_nothing_behind()
    {
        await UseAsync(1);
        await SettleAsync();
        (IReadOnlyList<string> fds, string[] temporary) = (ProcessFacts.Descriptors(), FilesOfBrood());
        for (int i = 0; i < 5; i++)
        {
            await using Worker worker = await Worker.StartAsync(new WorkerOptions { Output = WorkerOutput.Discard });
            Assert.Equal(3_000_000, (await worker.CallAsync(bytes => bytes, new byte[3_000_000])).Length);
            Task call = worker.CallAsync(() => Thread.Sleep(Timeout.Infinite));
            ProcessFacts.Kill(worker.ProcessId, 9);
            await Assert.ThrowsAsync<WorkerCrashedException>(() => call);
        }
        await SettleAsync();
        Assert.Empty(ProcessFacts.ChildrenOfThisProcess());
        Assert.Equal(0, ProcessFacts.Mappings());
        Assert.Empty(ProcessFacts.Descriptors().Except(fds));
        Assert.Equal(temporary, FilesOfBrood());
    }

    /// <summary>The last thread of Brood ends after the last worker, and gives back what it had.</summary>
    private static Task SettleAsync() => Task.WhenAll(ProcessFacts.BroodThreads().Select(ProcessFacts.WaitUntilThreadEndsAsync));

    private static async Task<int[]> UseAsync(int count)
    {
        Worker[] workers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Worker.StartAsync()));
        int[] ids = await Task.WhenAll(workers.Select(worker => worker.CallAsync(bytes => Environment.ProcessId, new byte[200_000])));
        WorkerExit[] exits = await Task.WhenAll(workers.Select(worker => worker.JoinAsync()));
        Assert.All(exits, exit => Assert.Equal((ExitReason.Joined, 0, 1L), (exit.Reason, exit.ExitCode, exit.CallsServed)));
        return ids;
    }

    /// <summary>Other programs of the machine use these folders too: only names that workers could have given.</summary>
    private static string[] FilesOfBrood() =>
    [
        .. Directory.EnumerateFileSystemEntries("/dev/shm").Concat(Directory.EnumerateFileSystemEntries(Path.GetTempPath()))
            .Where(file => file.Contains("brood", StringComparison.OrdinalIgnoreCase) && !file.Contains("brood-tests-")).Order(),
    ];
}
