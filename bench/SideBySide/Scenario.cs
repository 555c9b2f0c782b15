namespace Brood.Bench;

/// <summary>One thing that is measured, the same for every peer.</summary>
/// <param name="Title">The column's heading.</param>
/// <param name="Size">How much at once: calls between two looks at the clock, or in flight; items, bytes, workers.</param>
/// <param name="Milliseconds">How long a peer repeats it in one round; 0 for what happens once.</param>
internal sealed record Scenario(string Name, string Title, Unit Unit, int Size, int Milliseconds)
{
    public int QuickSize { get; init; } = Size;

    /// <summary>Everything runs on one processor: host and workers.</summary>
    public bool OneProcessor { get; init; }

    /// <summary>How often a round runs it, each time in a new process.</summary>
    public int RunsPerRound { get; init; } = 1;

    /// <summary>The runner reads the figure while the peer stands idle.</summary>
    public IdleFigure Idle { get; init; }

    /// <summary>A floor up to here, in the table's unit, is noise: no ratio is made of it.</summary>
    public double LeastFloor { get; init; }

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("call", "one by one", Unit.Microseconds, 100, 500),
        new("call-async", "one by one, awaited", Unit.Microseconds, 100, 500),
        new("call-one-core", "one by one, one processor", Unit.Microseconds, 100, 500) { OneProcessor = true },
        new("call-async-one-core", "the same, awaited", Unit.Microseconds, 100, 500) { OneProcessor = true },
        new("in-flight", "20,000 in flight", Unit.Microseconds, 20_000, 1000) { QuickSize = 2_000 },
        new("map", "map, an item", Unit.Microseconds, 1_000_000, 1000) { QuickSize = 100_000 },
        new("bytes", "64 MiB and back", Unit.GigabytesPerSecond, 64 << 20, 1000) { QuickSize = 8 << 20 },
        new("shared-argument", "1 GiB shared, a call", Unit.Microseconds, 1 << 30, 500) { QuickSize = 1 << 20 },
        new("cold-start", "cold start", Unit.Milliseconds, 1, 0) { RunsPerRound = 5 },
        new("crash", "crash seen", Unit.Milliseconds, 1, 0) { RunsPerRound = 3 },
        new("hung", "hung call killed, serving", Unit.Milliseconds, 1, 0) { RunsPerRound = 3 },
        new("idle-memory", "idle Pss", Unit.Mebibytes, 1, 1000) { Idle = IdleFigure.WorkerMemory },
        new("idle-cpu", "idle processor time, 10 s", Unit.Milliseconds, 2, 10_000)
        {
            Idle = IdleFigure.ProcessorTime,
            LeastFloor = 1,
        },
        new("pieces", "64 pieces, 2 workers", Unit.Times, 64, 0) { QuickSize = 8 },
    ];

    public int SizeFor(BenchOptions options) => options.Quick ? QuickSize : Size;

    public int MillisecondsFor(BenchOptions options) => options.Quick ? Milliseconds / 10 : Milliseconds;

    public int RunsFor(BenchOptions options) => options.Quick ? 1 : RunsPerRound;

    /// <summary>How many times worse than the floor; null where the floor is too small to divide by.</summary>
    public double? Ratio(double value, double floor)
    {
        if (floor <= LeastFloor || value <= 0)
        {
            return null;
        }
        return Unit.HigherIsBetter ? floor / value : value / floor;
    }
}

internal enum IdleFigure
{
    None,
    WorkerMemory,
    ProcessorTime,
}
