using System.Globalization;

namespace Brood.Bench;

/// <summary>How a peer's value becomes what the table shows.</summary>
/// <param name="Symbol">As printed behind the heading.</param>
/// <param name="PeerUnits">How many of the peer's units (ns, MB/s, bytes) make one of these.</param>
internal sealed record Unit(string Symbol, double PeerUnits, bool HigherIsBetter)
{
    public static Unit Microseconds { get; } = new("µs", 1e3, false);

    public static Unit Milliseconds { get; } = new("ms", 1e6, false);

    public static Unit GigabytesPerSecond { get; } = new("GB/s", 1e3, true);

    public static Unit Mebibytes { get; } = new("MiB", 1 << 20, false);

    public static Unit Times { get; } = new("×", 1, true);

    public static string Format(double value)
    {
        string format = Math.Abs(value) switch
        {
            >= 100 => "#,0",
            >= 10 => "0.0",
            >= 1 => "0.00",
            _ => "0.000",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
