namespace Brood.TestHost.Behaviours;

/// <summary>Its worker says a word whenever somebody lets it: on a signal, at the end of the process, when cancelled.</summary>
public static class Printing
{
    internal static Task<Worker[]> StartAsync() => Running.StartAsync(static progress =>
    {
        Console.CancelKeyPress += (_, _) => Console.WriteLine("The worker heard of it.");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine("The worker ends.");
        progress.Report("will print");
        Thread.Sleep(Timeout.Infinite);
    });
}
