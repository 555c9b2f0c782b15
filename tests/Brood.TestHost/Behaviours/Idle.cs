namespace Brood.TestHost.Behaviours;

public static class Idle
{
    internal static async Task<Worker[]> StartAsync() => [await Worker.StartAsync()];
}
