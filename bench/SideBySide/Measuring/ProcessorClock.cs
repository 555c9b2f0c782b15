using System.Runtime.InteropServices;

namespace Brood.Bench.Measuring;

/// <summary>The processor time of another process, threads that have ended included. /proc tells only whole ticks.</summary>
internal static class ProcessorClock
{
    /// <returns>0 for a process that is gone.</returns>
    public static long ReadNanoseconds(int processId) =>
        clock_getcpuclockid(processId, out int clock) == 0 && clock_gettime(clock, out TimeSpec time) == 0
            ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
            : 0;

    [DllImport("libc")]
    private static extern int clock_getcpuclockid(int processId, out int clock);

    [DllImport("libc")]
    private static extern int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
