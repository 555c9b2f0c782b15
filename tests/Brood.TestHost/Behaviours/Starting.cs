namespace Brood.TestHost.Behaviours;

/// <summary>The test ends this host while its workers are being started.</summary>
public static class Starting
{
    internal static Task<Worker[]> StartAsync()
    {
        for (int i = 0; i < 4; i++)
        {
            _ = Worker.StartAsync(new WorkerOptions { Initialize = static () => Thread.Sleep(Timeout.Infinite) });
        }
        return Task.FromResult(Array.Empty<Worker>());
    }
}
