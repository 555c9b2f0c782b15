namespace Brood.Pool;

public class SchedulerHistoryTests
{
    /// <summary>Histories for each test; every seed is a history of its own.</summary>
    private const int Histories = 1000;

    [Theory]
    [InlineData(20)]
    [InlineData(150)]
    [InlineData(600)]
    public void Every_call_ends_once_and_the_pool_ends_in_every_history(int steps)
    {
        int first = Environment.GetEnvironmentVariable("BROOD_SEED") is { Length: > 0 } text ? int.Parse(text) : 0;
        int count = first > 0 ? 1 : Histories;
        for (int seed = first; seed < first + count; seed++)
        {
            try
            {
                new SchedulerHistory(seed).Run(steps);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"BROOD_SEED={seed}, {steps} steps: {e.Message}", e);
            }
        }
    }
}
