namespace Brood.TestHost.Behaviours;

/// <summary>Starts a worker with a call that does not end, and waits until its function runs.</summary>
internal static class Running
{
    public static async Task<Worker[]> StartAsync(Action<IProgress<string>> function)
    {
        Worker worker = await Worker.StartAsync();
        var report = new FirstReport();
        _ = worker.CallAsync(function, report);
        Console.WriteLine(await report.Task);
        return [worker];
    }

    private sealed class FirstReport : TaskCompletionSource<string>, IProgress<string>
    {
        public void Report(string value) => TrySetResult(value);
    }
}
