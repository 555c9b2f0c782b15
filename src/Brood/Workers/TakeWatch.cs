namespace Brood.Workers;

/// <summary>What a look at a worker said.</summary>
internal enum TakeVerdict
{
    /// <summary>It has taken what it was handed, or there is nothing.</summary>
    Takes,

    /// <summary>Something lies there that it has not taken yet.</summary>
    Waits,

    /// <summary>It has taken nothing for <see cref="TakeWatch.Limit"/>. It may be this process that stood still: it gets one more look.</summary>
    Suspect,

    /// <summary>It had that look, and has still taken nothing.</summary>
    Unresponsive,
}

/// <summary>Whether a worker takes what it was handed: the next record of its ring must not stay the same for long.</summary>
/// <remarks>
/// Looked at every <see cref="Period"/> while calls are out. A worker that runs a function has taken its record, so it may run
/// as long as it likes. docs/design/0008 has the reasons. Guarded by its owner.
/// </remarks>
internal struct TakeWatch()
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A worker that runs nothing takes a call within microseconds; on a machine that swaps, within a second or two.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private long _position = -1;
    private long _since; // When that record was first seen, or the worker became suspect: a timestamp of the owner's clock.

    public bool IsSuspect { get; private set; }

    /// <param name="untakenPosition">The record that the worker would take next; -1: none, or it is at one.</param>
    /// <param name="setUpLimit">How long a worker that is still setting itself up may take.</param>
    public TakeVerdict Look(long untakenPosition, bool isSetUp, TimeSpan setUpLimit, TimeProvider clock)
    {
        long now = clock.GetTimestamp();
        if (untakenPosition != _position || untakenPosition < 0)
        {
            _position = untakenPosition;
            _since = now;
            IsSuspect = false;
            return untakenPosition < 0 ? TakeVerdict.Takes : TakeVerdict.Waits;
        }
        TimeSpan limit = IsSuspect ? Period : isSetUp || setUpLimit < Limit ? Limit : setUpLimit;
        if (clock.GetElapsedTime(_since, now) < limit)
        {
            return TakeVerdict.Waits;
        }
        if (IsSuspect)
        {
            return TakeVerdict.Unresponsive;
        }
        Suspect(untakenPosition, now);
        return TakeVerdict.Suspect;
    }

    /// <summary>Something else says that it takes nothing: the next look decides.</summary>
    public void Suspect(long untakenPosition, long now)
    {
        _position = untakenPosition;
        _since = now;
        IsSuspect = true;
    }
}
