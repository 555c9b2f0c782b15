using Brood.Transfer.Zoo;

namespace Brood.Values;

public class ZooTests(SharedWorker shared) : IClassFixture<SharedWorker>
{
    private readonly Worker _worker = shared.Worker;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Every_animal_of_the_zoo_goes_to_a_worker_and_comes_back()
    {
        var failures = new List<string>();
        foreach (ZooEntry entry in TransferZoo.All)
        {
            try
            {
                object? back = await _worker.CallAsync(value => value, entry.Value);
                if (DeepEqual.Difference(entry.Value, back) is { } difference)
                {
                    failures.Add($"{entry.Name}: {difference}");
                }
            }
            catch (Exception e)
            {
                failures.Add($"{entry.Name}: {e.Message}");
            }
        }
        Assert.Empty(failures);
    }
}
