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
            if (value is null) UnsetEnv(name);
            else SetEnv(name, value, overwrite: 1);

            // The runtime makes its copy at the first change, which takes over a millisecond at the start of a
            // process. Until then it reads the native variables, and they are right already.
            if (Environment.GetEnvironmentVariable(name) == value) return;
        }

        Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>Removes variables. To be called while one thread runs.</summary>
    /// <param name="names">ASCII, each with a zero behind it. The first is short: to look it up again is cheap.</param>
    public static void Remove(ReadOnlySpan<byte> names)
    {
        var first = "";
        for (var rest = names; !rest.IsEmpty;)
        {
            var length = rest.IndexOf((byte)0);
            if (first.Length == 0) first = Text(rest[..length]);
            if (!OperatingSystem.IsWindows()) UnsetEnv(in rest[0]);
            rest = rest[(length + 1)..];
        }

        // The runtime has no copy yet, see above; else, and on Windows, it has to be told, too.
        if (Environment.GetEnvironmentVariable(first) is null) return;
        for (var rest = names; !rest.IsEmpty;)
        {
            var length = rest.IndexOf((byte)0);
            Environment.SetEnvironmentVariable(Text(rest[..length]), null);
            rest = rest[(length + 1)..];
        }
    }

    private static string Text(ReadOnlySpan<byte> ascii)
    {
        var text = new char[ascii.Length];
        for (var i = 0; i < text.Length; i++) text[i] = (char)ascii[i];
        return new string(text);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnv(string name);

    [LibraryImport("libc", EntryPoint = "unsetenv")]
    private static partial int UnsetEnv(in byte name);
}
