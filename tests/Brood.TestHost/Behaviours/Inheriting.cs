namespace Brood.TestHost.Behaviours;

public static class Inheriting
{
    internal static async Task<Worker[]> StartAsync()
    {
        Worker worker = await Worker.StartAsync(new WorkerOptions { Output = WorkerOutput.Inherit });
        await worker.CallAsync(() =>
        {
            Console.WriteLine("inherited out");
            Console.Error.WriteLine("inherited error");
        });
        return [worker];
    }
}
