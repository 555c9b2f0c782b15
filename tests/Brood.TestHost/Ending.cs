namespace Brood.TestHost;

/// <summary>How the host ends. The test writes the name of one of these to its standard input.</summary>
public static class Ending
{
    /// <summary>The line that the host prints when its workers do what they are meant to do.</summary>
    public const string Ready = "ready";

    public const string Return = "return";
    public const string Dispose = "dispose";
    public const string Throw = "throw";
    public const string ThrowElsewhere = "throw elsewhere";
    public const string Exit = "exit";
    public const string FailFast = "fail fast";

    internal static async Task<int> WaitAsync(Worker[] workers)
    {
        switch (await Console.In.ReadLineAsync())
        {
            case Return:
                return 7;
            case Dispose:
                foreach (Worker worker in workers)
                {
                    await worker.DisposeAsync();
                }
                return 0;
            case Throw:
                throw new InvalidOperationException("The host throws.");
            case ThrowElsewhere:
                new Thread(() => throw new InvalidOperationException("A thread of the host throws.")).Start();
                break;
            case Exit:
                Environment.Exit(8);
                break;
            case FailFast:
                Environment.FailFast("The host fails fast.");
                break;
        }
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
