namespace Brood.Platform;

/// <summary>The files of the running program. On Unix without the framework, see <see cref="UnixText"/>.</summary>
internal static class HostFiles
{
    private const int MaxPathBytes = 4096;

    /// <summary>Whether there is a file of this name, and not a folder.</summary>
    public static bool Exists(string path) => OperatingSystem.IsWindows() ? File.Exists(path)
        : UnixNative.Access(in UnixText.ToBytes(path)[0], UnixNative.F_OK) == 0
            && UnixNative.Access(in UnixText.ToBytes(path + "/.")[0], UnixNative.F_OK) != 0;

    /// <summary>The executable that runs; null if the system does not say.</summary>
    public static string? ProcessPath()
    {
        if (OperatingSystem.IsLinux())
        {
            var buffer = new byte[MaxPathBytes];
            nint length = UnixNative.ReadLink(in "/proc/self/exe\0"u8[0], ref buffer[0], buffer.Length);
            // Of a file that was replaced meanwhile the kernel says so, behind its name.
            if (length > 0 && length < buffer.Length && buffer[length - 1] != ')')
            {
                return UnixText.FromBytes(buffer.AsSpan(0, (int)length));
            }
        }
        return Environment.ProcessPath;
    }
}
