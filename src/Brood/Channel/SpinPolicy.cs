using System.Diagnostics;

namespace Brood.Channel;

/// <summary>How long one waiting side looks before it sleeps: long if that paid off lately, else hardly at all.</summary>
/// <remarks>
/// Waking a sleeping core costs 20 to 90 µs on a virtual machine; a core that looks is taken from somebody's function. So a
/// side looks for up to 50 µs while recent waits were shorter than that, and only for a moment otherwise.
/// After the first moment each look lets other threads of the core run first. With one processor there is nothing to
/// look for: nobody can write meanwhile. Used by one thread at a time.
/// </remarks>
internal sealed class SpinPolicy(bool alone)
{
    private static readonly long s_ticksPerMicrosecond = Math.Max(1, Stopwatch.Frequency / 1_000_000);

    /// <summary>50 µs: about what a sleep and a wake cost.</summary>
    private static readonly long s_maxTicks = 50 * s_ticksPerMicrosecond;

    /// <summary>2 µs: a wait that is over at once is never slept through.</summary>
    private static readonly long s_minTicks = 2 * s_ticksPerMicrosecond;

    /// <summary>For so long the core is not offered to others.</summary>
    private static readonly long s_tightTicks = 4 * s_ticksPerMicrosecond;

    /// <summary>3 to 4 µs: some hundred of the smallest items.</summary>
    private const int GatherSpins = 100;

    /// <summary>The first looks go without the clock, which costs as much as several of them.</summary>
    private const int UntimedLooks = 64;

    /// <summary>While looking does not pay, one wait of so many looks for the whole time all the same: a sleep hides how short
    /// the wait was, because waking up takes longer.</summary>
    private const int ProbeEvery = 16;

    private int _waitsSinceProbe;
    private long _limitTicks; // For this wait.
    private long _recentTicks; // The average of the last waits, the newest an eighth of it.
    private long _start;
    private int _looks;

    public static SpinPolicy ForThisMachine() => new(Environment.ProcessorCount == 1);

    /// <summary>A wait begins.</summary>
    public void Begin()
    {
        _looks = 0;
    }

    /// <summary>Between two looks. False: stop looking and sleep.</summary>
    public bool KeepLooking()
    {
        if (alone)
        {
            return false;
        }
        if (++_looks < UntimedLooks)
        {
            return true;
        }
        if (_looks == UntimedLooks)
        {
            _start = Stopwatch.GetTimestamp();
            bool pays = _recentTicks <= s_maxTicks || ++_waitsSinceProbe >= ProbeEvery;
            _limitTicks = pays ? s_maxTicks : s_minTicks;
        }
        long waited = Stopwatch.GetTimestamp() - _start;
        if (waited > _limitTicks)
        {
            return false;
        }
        if (waited > s_tightTicks)
        {
            Thread.Yield();
        }
        else
        {
            Thread.SpinWait(1);
        }
        return true;
    }

    /// <summary>Lets small items that come one after another gather: each look takes their cache line from whoever writes them.</summary>
    public void LetGather()
    {
        if (!alone)
        {
            Thread.SpinWait(GatherSpins);
        }
    }

    /// <summary>A wait is over, by looking or by waking.</summary>
    public void End()
    {
        if (_looks < UntimedLooks)
        {
            _recentTicks -= _recentTicks / 8;
            return;
        }
        long waited = Math.Min(Stopwatch.GetTimestamp() - _start, s_maxTicks * 16);
        if (_waitsSinceProbe >= ProbeEvery)
        {
            _waitsSinceProbe = 0;
            _recentTicks = waited < s_maxTicks ? waited : _recentTicks;
            return;
        }
        _recentTicks += (waited - _recentTicks) / 8;
    }
}
