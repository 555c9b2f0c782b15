using System.Globalization;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;
using Brood.Workers;

namespace Brood.Pool.Deaths;

/// <summary>In a worker: makes a part of the shared memory a trap. The next access ends the process at that very instruction.</summary>
/// <remarks>
/// The memory is protected page by page, and SIGSEGV keeps the system's own action: no handler runs and nothing more is
/// written, as with SIGKILL. So the product's own code dies between two of its steps, and needs no code for it.
/// </remarks>
internal static class Trap
{
    private const int SIGSEGV = 11;
    private const long PageBytes = 4096;

    /// <summary>A view of its own, which is never protected.</summary>
    private static readonly SharedRegion s_region = LinuxMemoryFile.Map(LinuxWorkerFds.Region, 0, RegionLayout.FixedBytes);
    private static readonly nint s_view = AddressOfView();

    public static WorkerStatus Status => new(s_region);

    /// <summary>The next write to these pages is the last thing that this process does.</summary>
    public static void OnWrite(long offset, long bytes) => Protect(offset, bytes, Native.PROT_READ);

    /// <summary>The next look at these pages is the last thing that this process does.</summary>
    public static void OnRead(long offset, long bytes) => Protect(offset, bytes, Native.PROT_NONE);

    /// <summary>Waits on a thread of its own until the call that runs now is over and forgotten, then sets the trap.</summary>
    public static void WhenIdle(Action set) => new Thread(() =>
    {
        // The last things that a call does: Phase, then the zeros in the ring, then asleep.
        SpinWait.SpinUntil(static () => Status.Phase == WorkerPhase.Idle && IsCallRingEmpty() && IsAsleep(ring: 0));
        set();
    })
    { IsBackground = true }.Start();

    /// <summary>Waits until the host sleeps and must be woken for the next result.</summary>
    public static void AwaitHostAsleep() => SpinWait.SpinUntil(static () => IsAsleep(ring: 2));

    /// <summary>The host sleeps on, whatever is written: what is set here is what it looks at when it is woken.</summary>
    public static void KeepHostAsleep()
    {
        AwaitHostAsleep();
        Volatile.Write(ref ConsumerWaiting(ring: 2), 0);
    }

    /// <summary>Waits until the thread that reads the control ring is inside the kernel.</summary>
    public static void AwaitControlAsleep() => SpinWait.SpinUntil(static () => IsAsleep(ring: 1)
        && Directory.GetDirectories("/proc/self/task").Any(IsControlAsleep));

    private static bool IsControlAsleep(string task)
    {
        try
        {
            return File.ReadAllText(task + "/comm") == "Brood control\n"
                && File.ReadAllText(task + "/stat").Contains(") S ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Another thread, which has ended meanwhile.
            return false;
        }
    }

    private static bool IsCallRingEmpty()
    {
        for (int at = 0; at < RegionLayout.CallRingBytes; at += RecordLayout.Alignment)
        {
            if (Volatile.Read(ref s_region.Word32(RegionLayout.CallRingOffset + at)) != 0)
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsAsleep(int ring) => Volatile.Read(ref ConsumerWaiting(ring)) != 0;

    private static ref int ConsumerWaiting(int ring) => ref s_region.Word32(
        RegionLayout.ControlsOffset + (ring * RingControlLayout.Bytes) + RingControlLayout.ConsumerWaitingOffset);

    private static void Protect(long offset, long bytes, int access)
    {
        Native.Signal(SIGSEGV, Native.SIG_DFL);
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts is not [var range, _, var fileOffset, _, _, var name, ..] || !name.Contains("memfd:brood", StringComparison.Ordinal))
            {
                continue;
            }
            long start = Hex(range.Split('-')[0]);
            long first = Hex(fileOffset);
            long from = Math.Max(offset, first);
            long to = Math.Min((offset + bytes + PageBytes - 1) & -PageBytes, first + Hex(range.Split('-')[1]) - start);
            if (from < to && start != s_view && Native.Protect((nint)(start + from - first), (nint)(to - from), access) != 0)
            {
                throw new InvalidOperationException("mprotect");
            }
        }
    }

    private static nint AddressOfView()
    {
        nint view = 0;
        s_region.WithAddress((address, _) => view = address);
        return view;
    }

    private static long Hex(string digits) => long.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
