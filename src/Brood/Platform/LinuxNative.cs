using System.Runtime.InteropServices;

namespace Brood.Platform;

/// <summary>The system calls of Linux that .NET has no name for.</summary>
internal static partial class LinuxNative
{
    public const int FUTEX_WAIT_BITSET = 9;
    public const int FUTEX_WAKE_BITSET = 10;
    public const int CLOCK_MONOTONIC = 1;
    public const int ETIMEDOUT = 110;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static nint FutexNumber => IsArm64 ? 98 : 202;
    public static nint PidfdOpenNumber => 434;

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial nint Futex(nint number, ref int word, nint operation, nint value, nint timeout, nint unused, nint mask);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Futex(nint number, ref int word, nint operation, nint value, in TimeSpec timeout, nint unused, nint mask);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    public static partial int ClockGetTime(int clock, out TimeSpec time);

    public const int MFD_CLOEXEC = 1;
    public const int MFD_ALLOW_SEALING = 2;
    public const int F_ADD_SEALS = 1033;
    public const int F_GET_SEALS = 1034;
    public const int F_SEAL_SEAL = 1;
    public const int F_SEAL_SHRINK = 2;
    public const int F_SEAL_GROW = 4;
    public const int MADV_REMOVE = 9;
    public const int SEEK_HOLE = 4;
    public const int F_SETOWN = 8;
    public const int F_SETSIG = 10;
    public const int O_ASYNC = 0x2000;
    public const int O_NONBLOCK = 0x800;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint PidfdOpen(nint number, nint pid, nint flags);

    public const int P_PID = 1;
    public const int WEXITED = 4;
    public const int WNOWAIT = 0x0100_0000;
    public const int CLD_EXITED = 1;

    /// <summary>siginfo_t, as waitid(2) fills it on 64-bit systems.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct ChildState
    {
        [FieldOffset(8)] public int Code;
        [FieldOffset(24)] public int Status; // The exit code, or the signal.
    }

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int pid, out ChildState state, int options);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    public static partial int MemfdCreate(in byte name, uint flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(ref int fds, int flags);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Madvise(nint address, nint length, int advice);
}
