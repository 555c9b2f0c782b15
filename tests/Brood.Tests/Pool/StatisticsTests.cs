namespace Brood.Pool;

public class StatisticsTests
{
    [Fact]
    public async Task A_spare_is_one_since_it_was_started()
    {
        var fake = new FakeWorkers(new WorkerPoolOptions { Workers = 1, SpareWorkers = 1 });
        Task warm = fake.Scheduler.WarmUpAsync(TestContext.Current.CancellationToken);
        fake.Clock.Advance(TimeSpan.FromHours(1));
        fake.FinishStart();
        fake.FinishStart();
        await warm;
        fake.Clock.Advance(TimeSpan.FromSeconds(7));
        PoolStatistics statistics = fake.Scheduler.GetStatistics();
        Assert.Equal(["Idle", "Spare"], statistics.Workers.Select(worker => worker.State).Order());
        Assert.All(statistics.Workers, worker => Assert.Equal(TimeSpan.FromSeconds(7), worker.Since));
    }

    [Fact]
    public async Task A_pool_that_was_joined_says_so_once_and_by_its_name()
    {
        var fake = new FakeWorkers(new WorkerPoolOptions { Workers = 1 });
        await fake.Scheduler.JoinAsync();
        ObjectDisposedException refused = Assert.Throws<ObjectDisposedException>(() => fake.Submit());
        Assert.Equal("Brood.WorkerPool", refused.ObjectName);
        Assert.Equal("It was joined or disposed and takes no more calls; the function has not run.\nObject name: 'Brood.WorkerPool'.", refused.Message.ReplaceLineEndings("\n"));
        ObjectDisposedException cold = await Assert.ThrowsAsync<ObjectDisposedException>(() => fake.Scheduler.WarmUpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(refused.Message, cold.Message);
    }
}
