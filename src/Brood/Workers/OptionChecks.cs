namespace Brood.Workers;

/// <summary>What options may be. A value that cannot be kept is refused where it is set, not when it is used.</summary>
internal static class OptionChecks
{
    /// <summary>What timers hold: 2^32 - 2 milliseconds.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>For a limit that may be none, and that a timer keeps.</summary>
    public static TimeSpan Limit(TimeSpan value, string name, bool zeroIsAllowed = false)
    {
        if (value == Timeout.InfiniteTimeSpan)
        {
            return value;
        }
        if (value > MaxTime)
        {
            throw new ArgumentOutOfRangeException(name, value,
                $"{name} must be at most {MaxTime.TotalDays:0.0} days, which is what timers hold, or {nameof(Timeout)}.{nameof(Timeout.InfiniteTimeSpan)} for no limit.");
        }
        return value > TimeSpan.Zero || (zeroIsAllowed && value == TimeSpan.Zero) ? value
            : throw new ArgumentOutOfRangeException(name, value,
                $"{name} must {(zeroIsAllowed ? "not be negative" : "be longer than zero")}, or {nameof(Timeout)}.{nameof(Timeout.InfiniteTimeSpan)} for no limit.");
    }

    public static TimeSpan Positive(TimeSpan value, string name) => value > TimeSpan.Zero ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be longer than zero.");

    public static TimeSpan PositiveOrInfinite(TimeSpan value, string name) => value == Timeout.InfiniteTimeSpan || value > TimeSpan.Zero ? value
        : throw new ArgumentOutOfRangeException(name, value,
            $"{name} must be longer than zero, or {nameof(Timeout)}.{nameof(Timeout.InfiniteTimeSpan)} for no limit.");
}
