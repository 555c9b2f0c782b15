using System.Runtime.InteropServices;

namespace Brood.Platform;

/// <summary>
/// The environment variables of this process, changed for managed and native code alike. On Unix the runtime keeps a
/// copy of its own: <see cref="Environment.SetEnvironmentVariable(string, string?)"/> alone would leave
/// <c>system()</c> and <c>popen()</c> with the old values.
/// </summary>
internal static partial class NativeEnvironment
{
    public static StringComparer NameComparer =>
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Sets the variable, or removes it if the value is null. To be called while one thread runs.</summary>
    public static void Set(string name, string? value)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (value is null) UnsetEnv(in UnixText.ToBytes(name)[0]);
            else SetEnv(in UnixText.ToBytes(name)[0], in UnixText.ToBytes(value)[0], overwrite: 1);
        }

        Environment.SetEnvironmentVariable(name, value);
    }

    [LibraryImport("libc", EntryPoint = "setenv")]
    private static partial int SetEnv(in byte name, in byte value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv")]
    private static partial int UnsetEnv(in byte name);
}
