using System.Runtime.InteropServices;

namespace Brood.Platform;

internal static partial class HostCommandLineWindows
{
    public static IReadOnlyList<string> Read()
    {
        var list = CommandLineToArgv(GetCommandLine(), out var count);
        if (list == 0)
            throw new IOException($"CommandLineToArgvW failed with error {Marshal.GetLastPInvokeError()}.");
        try
        {
            var words = new string[count];
            for (var i = 0; i < count; i++)
                words[i] = Marshal.PtrToStringUni(Marshal.ReadIntPtr(list, i * nint.Size)) ?? "";
            return words;
        }
        finally
        {
            LocalFree(list);
        }
    }

    [LibraryImport("kernel32", EntryPoint = "GetCommandLineW")]
    private static partial nint GetCommandLine();

    [LibraryImport("shell32", EntryPoint = "CommandLineToArgvW", SetLastError = true)]
    private static partial nint CommandLineToArgv(nint commandLine, out int count);

    [LibraryImport("kernel32")]
    private static partial nint LocalFree(nint memory);
}
