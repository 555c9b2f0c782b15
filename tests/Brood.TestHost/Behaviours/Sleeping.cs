namespace Brood.TestHost.Behaviours;

public static class Sleeping
{
    internal static Task<Worker[]> StartAsync() => Running.StartAsync(static progress =>
    {
        progress.Report("sleeps");
        Thread.Sleep(Timeout.Infinite);
    });
}
