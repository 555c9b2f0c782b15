namespace Brood.TestHost.Behaviours;

public static class Crowd
{
    internal static Task<Worker[]> StartAsync() => Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Worker.StartAsync()));
}
