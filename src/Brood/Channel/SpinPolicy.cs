using System.Diagnostics;

namespace Brood.Channel;

/// <summary>How long one waiting side looks before it sleeps: long if that paid off lately, else hardly at all.</summary>
/// <remarks>
/// Waking a sleeping core costs 20 to 90 µs on a virtual machine; a core that looks is taken from somebody's function. So a
/// side looks for up to 50 µs while recent waits were shorter than that. A thread that has nothing else to do looks longer while
/// waits take a few hundred microseconds, where two wake-ups cost as much as the work, and only while nobody else wants its core.
/// Otherwise a side looks only for a moment.
/// After the first moment each look lets other threads of the core run first. With one processor there is nothing to
/// look for: nobody can write meanwhile. Used by one thread at a time.
/// </remarks>
/// <param name="alone">Whether there is one processor only.</param>
/// <param name="clock">Null: the system's, without loading the classes around it, which a new worker would wait for.</param>
internal sealed class SpinPolicy(bool alone, TimeProvider? clock = null)
{
    /// <summary>The first looks go without the clock, which costs as much as several of them.</summary>
    public const int UntimedLooks = 64;

    /// <summary>While looking does not pay, one wait of so many looks for the whole time all the same: a sleep hides how short
    /// the wait was, because waking up takes longer.</summary>
    private const int ProbeEvery = 16;

    /// <summary>So many long looks in vain, and they are taken to be so for now.</summary>
    private const int LongLooksInVain = 4;

    /// <summary>3 to 4 µs: some hundred of the smallest items.</summary>
    private const int GatherSpins = 100;

    /// <summary>About 1 µs: a core that only looks slows down the one that it shares its circuits with.</summary>
    private const int CalmSpins = 30;

    private readonly long _leastTicks = Ticks(clock, 2); // A wait that is over at once is never slept through.
    private readonly long _tightTicks = Ticks(clock, 4); // For so long the core is not offered to others.
    private readonly long _takenTicks = Ticks(clock, 20); // A core that was offered and comes back after so long is somebody else's.
    private readonly long _wakeTicks = Ticks(clock, 50); // About what a sleep and a wake cost.
    private readonly long _longTicks = Ticks(clock, 400); // The longest wait that is looked through.

    private int _waitsSinceProbe;
    private int _longLooksInVain; // The last ones, one after another.
    private long _limitTicks; // For this wait.
    private long _recentTicks; // The average of the last waits, the newest an eighth of it.
    private long _start;
    private long _offered; // When the core was last offered to others; 0: not in this wait.
    private int _looks;
    private bool _isPatient;

    public static SpinPolicy ForThisMachine() => new(Environment.ProcessorCount == 1);

    /// <summary>A wait begins.</summary>
    /// <param name="isPatient">Whether this thread has nothing else to do, and may look longer than a wake-up takes.</param>
    public void Begin(bool isPatient = false)
    {
        _looks = 0;
        _offered = 0;
        _isPatient = isPatient;
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
        long now = Now;
        if (_looks == UntimedLooks)
        {
            _start = now;
            _limitTicks = Limit();
        }
        // A long look is for a core that is free; a short one is over before it does harm.
        if (_offered != 0 && now - _offered > _takenTicks && _limitTicks > _wakeTicks)
        {
            _limitTicks = _wakeTicks;
        }
        if (now - _start > _limitTicks)
        {
            return false;
        }
        if (now - _start > _tightTicks)
        {
            _offered = now;
            Thread.Yield();
            if (now - _start > _wakeTicks)
            {
                Thread.SpinWait(CalmSpins);
            }
        }
        else
        {
            Thread.SpinWait(1);
        }
        return true;
    }

    /// <summary>Something came that was not waited for: the time that it took was this thread's own.</summary>
    public void WasBusy() => _offered = 0;

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
        long waited = Math.Min(Now - _start, _longTicks * 4);
        if (_limitTicks == _longTicks)
        {
            _longLooksInVain = waited > _longTicks ? _longLooksInVain + 1 : 0;
        }
        if (_waitsSinceProbe >= ProbeEvery)
        {
            _waitsSinceProbe = 0;
            _recentTicks = waited < _wakeTicks ? waited : _recentTicks;
            return;
        }
        _recentTicks += (waited - _recentTicks) / 8;
    }

    private long Limit()
    {
        if (_recentTicks <= _wakeTicks)
        {
            return _wakeTicks;
        }
        // What was slept through took longer than it would have: by a wake-up on either side.
        bool isShortEnough = _isPatient && _recentTicks <= _longTicks + (_longTicks / 2);
        if (isShortEnough && _longLooksInVain < LongLooksInVain)
        {
            return _longTicks;
        }
        if (++_waitsSinceProbe < ProbeEvery)
        {
            return _leastTicks;
        }
        return isShortEnough ? _longTicks : _wakeTicks;
    }

    private long Now => clock is null ? Stopwatch.GetTimestamp() : clock.GetTimestamp();

    private static long Ticks(TimeProvider? clock, long microseconds) =>
        Math.Max(1, (clock?.TimestampFrequency ?? Stopwatch.Frequency) * microseconds / 1_000_000);
}
