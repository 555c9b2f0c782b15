namespace Brood.Bench.Measuring;

/// <summary>What one run gave: a value in the unit of the table, or why there is none.</summary>
internal readonly record struct Outcome(double? Value, string? Cannot, string? Failure)
{
    public static Outcome Of(double value) => new(value, null, null);

    /// <summary>The peer has no way to do it.</summary>
    public static Outcome NotPossible(string reason) => new(null, reason, null);

    /// <summary>It should have worked.</summary>
    public static Outcome Failed(string reason) => new(null, null, reason);
}
