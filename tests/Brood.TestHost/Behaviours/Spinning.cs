namespace Brood.TestHost.Behaviours;

public static class Spinning
{
    internal static Task<Worker[]> StartAsync() => Running.StartAsync(static progress =>
    {
        progress.Report("spins");
        while (true)
        {
        }
    });
}
