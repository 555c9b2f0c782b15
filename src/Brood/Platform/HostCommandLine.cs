namespace Brood.Platform;

/// <summary>
/// The real words of this process' command line. <see cref="Environment.GetCommandLineArgs"/> hides the words that
/// <c>dotnet exec</c> took for itself, and those are the ones that a worker needs.
/// </summary>
internal static class HostCommandLine
{
    public static IReadOnlyList<string> Read() =>
        OperatingSystem.IsWindows() ? HostCommandLineWindows.Read()
        : OperatingSystem.IsMacOS() ? HostCommandLineMac.Read()
        : HostCommandLineLinux.Read();
}
