namespace Brood.TestHost.Behaviours;

public static class Nested
{
    internal static Task<Worker[]> StartAsync() => Running.StartAsync(static progress =>
    {
        Worker inner = Worker.StartAsync().GetAwaiter().GetResult();
        progress.Report($"has worker {inner.ProcessId}");
        inner.Call(() => Thread.Sleep(Timeout.Infinite));
    });
}
