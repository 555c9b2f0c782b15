using System.Runtime.InteropServices;

namespace Brood.TestHost.Behaviours;

public static class InNativeCode
{
    internal static Task<Worker[]> StartAsync() => Running.StartAsync(static progress =>
    {
        progress.Report("pauses");
        while (true)
        {
            Pause();
        }
    });

    [DllImport("libc", EntryPoint = "pause")]
    private static extern int Pause();
}
