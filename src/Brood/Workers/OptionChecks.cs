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

    public static int NotNegative(int value, string name, string zeroMeans) => value >= 0 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must not be negative; 0 means {zeroMeans}.");

    public static long NotNegative(long value, string name, string zeroMeans) => value >= 0 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must not be negative; 0 means {zeroMeans}.");

    /// <summary>What a system's environment can hold.</summary>
    public static IReadOnlyDictionary<string, string?>? Environment(IReadOnlyDictionary<string, string?>? variables, string name)
    {
        foreach ((string variable, string? value) in variables ?? new Dictionary<string, string?>())
        {
            if (variable.Length == 0 || variable.AsSpan().ContainsAny('=', '\0'))
            {
                throw new ArgumentException($"{name} must not have the variable '{Shown(variable)}': a name is not empty and has neither '=' nor a NUL character.", name);
            }
            if (value?.Contains('\0') == true)
            {
                throw new ArgumentException($"{name} must not give {variable} the value '{Shown(value)}': it has a NUL character, and would end there.", name);
            }
        }
        return variables;
    }

    public static string? Folder(string? path, string name) => path is null || (path.Length > 0 && !path.Contains('\0')) ? path
        : throw new ArgumentException(
            path.Length == 0 ? $"{name} must not be empty; null means the host's." : $"{name} must not have a NUL character: '{Shown(path)}'.", name);

    public static IReadOnlyCollection<Type>? Types(IReadOnlyCollection<Type>? types, string name) => types is null || !types.Contains(null!) ? types
        : throw new ArgumentException($"{name} must not have a null among the types.", name);

    private static string Shown(string text) => text.Replace("\0", "\\0");
}
