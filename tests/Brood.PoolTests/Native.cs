using System.Runtime.InteropServices;

namespace Brood.Pool;

/// <summary>What the tests ask of the system itself.</summary>
internal static partial class Native
{
    public const int SIGKILL = 9;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int processId, int signal);

    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const nint SIG_DFL = 0;

    [LibraryImport("libc", EntryPoint = "mprotect")]
    public static partial int Protect(nint start, nint length, int access);

    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    /// <summary>Reads where nothing is mapped if told so: a crash in native code.</summary>
    [LibraryImport("libc", EntryPoint = "strlen")]
    public static partial nint StrLen(nint text);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MkFifo(string path, int mode);
}
