using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Brood.Platform;

/// <summary>One posix_spawn: the child's descriptors, folder, signals and process group.</summary>
internal sealed class PosixSpawnRequest : IDisposable
{
    /// <summary>More than any system's structures need (glibc: 80, 336 and 128 bytes).</summary>
    private const int StructureBytes = 1024;

    private const int SIGPIPE = 13;

    private readonly nint _actions = Marshal.AllocHGlobal(StructureBytes);
    private readonly nint _attributes = Marshal.AllocHGlobal(StructureBytes);
    private readonly nint _signals = Marshal.AllocHGlobal(StructureBytes);

    public PosixSpawnRequest()
    {
        UnixNative.FileActionsInit(_actions);
        UnixNative.SpawnAttributesInit(_attributes);
        UnixNative.SpawnAttributesSetFlags(_attributes, (short)(UnixNative.POSIX_SPAWN_SETPGROUP
            | UnixNative.POSIX_SPAWN_SETSIGDEF | UnixNative.POSIX_SPAWN_SETSIGMASK));
        // A group of its own: the terminal's Ctrl-C does not reach it, and one kill ends all that it starts.
        UnixNative.SpawnAttributesSetProcessGroup(_attributes, 0);
        UnixNative.SignalSetEmpty(_signals);
        UnixNative.SpawnAttributesSetSignalMask(_attributes, _signals);
        UnixNative.SignalSetAdd(_signals, SIGPIPE);
        UnixNative.SpawnAttributesSetSignalDefault(_attributes, _signals);
    }

    public void ChangeDirectory(string? path)
    {
        if (path is not null)
        {
            Check(UnixNative.FileActionsAddChdir(_actions, path), path);
        }
    }

    public void Give(int fd, int asNumber) => Check(UnixNative.FileActionsAddDup2(_actions, fd, asNumber), "a descriptor");

    /// <returns>The child's process id.</returns>
    public int Spawn(ProcessStart start)
    {
        var arguments = new string?[start.Arguments.Count + 2];
        arguments[0] = start.FileName;
        for (int i = 0; i < start.Arguments.Count; i++)
        {
            arguments[i + 1] = start.Arguments[i];
        }
        int error = UnixNative.PosixSpawn(
            out int pid, start.FileName, _actions, _attributes, arguments, EnvironmentOf(start.EnvironmentChanges));
        Check(error, start.WorkingDirectory is null ? start.FileName : $"{start.FileName} in {start.WorkingDirectory}");
        return pid;
    }

    public void Dispose()
    {
        UnixNative.FileActionsDestroy(_actions);
        UnixNative.SpawnAttributesDestroy(_attributes);
        Marshal.FreeHGlobal(_actions);
        Marshal.FreeHGlobal(_attributes);
        Marshal.FreeHGlobal(_signals);
    }

    private static string?[] EnvironmentOf(IReadOnlyDictionary<string, string?> changes)
    {
        var words = new List<string?>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (!changes.ContainsKey((string)variable.Key))
            {
                words.Add($"{variable.Key}={variable.Value}");
            }
        }
        foreach ((string name, string? value) in changes)
        {
            if (value is not null)
            {
                words.Add($"{name}={value}");
            }
        }
        words.Add(null);
        return words.ToArray();
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
