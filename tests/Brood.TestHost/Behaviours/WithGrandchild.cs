using System.Diagnostics;

namespace Brood.TestHost.Behaviours;

public static class WithGrandchild
{
    internal static Task<Worker[]> StartAsync() => Running.StartAsync(static progress =>
    {
        // A child that starts a child: the process group has all of them.
        using Process child = Process.Start("sh", ["-c", "sleep 1000 & wait"]);
        progress.Report("has a child");
        child.WaitForExit();
    });
}
