using System.Runtime.InteropServices;

namespace Brood.Platform;

/// <summary>The futex: the word itself is the meeting place, nothing has to be passed on.</summary>
internal sealed class LinuxParking : Parking
{
    public static readonly LinuxParking Instance = new();

    private static readonly nint s_futex = LinuxNative.FutexNumber;

    public override bool Park(ref int word, int expected, int mask, int timeoutMilliseconds)
    {
        if (timeoutMilliseconds < 0)
        {
            LinuxNative.Futex(s_futex, ref word, LinuxNative.FUTEX_WAIT_BITSET, expected, 0, 0, mask);
            return false;
        }
        // The bitset wait takes a point in time, not a duration.
        LinuxNative.ClockGetTime(LinuxNative.CLOCK_MONOTONIC, out LinuxNative.TimeSpec until);
        until.Seconds += timeoutMilliseconds / 1000;
        until.Nanoseconds += timeoutMilliseconds % 1000 * 1_000_000L;
        if (until.Nanoseconds >= 1_000_000_000)
        {
            until.Seconds++;
            until.Nanoseconds -= 1_000_000_000;
        }
        return LinuxNative.Futex(s_futex, ref word, LinuxNative.FUTEX_WAIT_BITSET, expected, in until, 0, mask) < 0
            && Marshal.GetLastPInvokeError() == LinuxNative.ETIMEDOUT;
    }

    public override void Unpark(ref int word, int mask) =>
        LinuxNative.Futex(s_futex, ref word, LinuxNative.FUTEX_WAKE_BITSET, int.MaxValue, 0, 0, mask);
}
