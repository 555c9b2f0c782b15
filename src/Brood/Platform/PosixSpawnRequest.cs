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
            Check(UnixNative.FileActionsAddChdir(_actions, in UnixText.ToBytes(path)[0]), path);
        }
    }

    public void Give(int fd, int asNumber) => Check(UnixNative.FileActionsAddDup2(_actions, fd, asNumber), "a descriptor");

    /// <returns>The child's process id.</returns>
    public int Spawn(ProcessStart start)
    {
        nint arguments = NativeWords([start.FileName, .. start.Arguments]);
        nint environment = NativeWords(EnvironmentOf(start.EnvironmentChanges));
        int error = UnixNative.PosixSpawn(out int pid, in UnixText.ToBytes(start.FileName)[0], _actions, _attributes, arguments, environment);
        FreeWords(arguments);
        FreeWords(environment);
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

    /// <summary>A native array of native strings, with a null at its end. The marshaller's own would be compiled before the first start.</summary>
    private static nint NativeWords(List<string> words)
    {
        nint array = Marshal.AllocHGlobal((words.Count + 1) * nint.Size);
        for (int i = 0; i < words.Count; i++)
        {
            Marshal.WriteIntPtr(array, i * nint.Size, UnixText.ToNative(words[i]));
        }
        Marshal.WriteIntPtr(array, words.Count * nint.Size, 0);
        return array;
    }

    private static void FreeWords(nint array)
    {
        for (int i = 0; Marshal.ReadIntPtr(array, i * nint.Size) is not 0 and nint word; i++)
        {
            Marshal.FreeHGlobal(word);
        }
        Marshal.FreeHGlobal(array);
    }

    private static List<string> EnvironmentOf(IReadOnlyDictionary<string, string?> changes)
    {
        var words = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (!changes.ContainsKey((string)variable.Key))
            {
                // As strings: of objects they would be formatted, for which the runtime loads the cultures.
                words.Add($"{(string)variable.Key}={(string?)variable.Value}");
            }
        }
        foreach ((string name, string? value) in changes)
        {
            if (value is not null)
            {
                words.Add($"{name}={value}");
            }
        }
        return words;
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
