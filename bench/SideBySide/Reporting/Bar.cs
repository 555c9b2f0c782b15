using Brood.Bench.Measuring;
using Brood.Bench.Peers;

namespace Brood.Bench.Reporting;

/// <summary>What Brood must reach in one scenario.</summary>
/// <param name="Against">The peer that it is divided by; null for a bar in the scenario's own unit.</param>
/// <param name="Limit">How many times worse it may be (below 1: must be better); or the figure itself.</param>
internal sealed record Bar(string ScenarioName, string? Against, double Limit)
{
    public const string PeerName = "brood";

    public static IReadOnlyList<Bar> All { get; } =
    [
        new("call", Peer.FloorName, 4),
        new("call", "python-executor", 1.0 / 50),
        new("call-async", Peer.FloorName, 10),
        new("call-one-core", Peer.FloorName, 4),
        new("call-async-one-core", Peer.FloorName, 4),
        new("in-flight", null, 2),
        new("in-flight", "python-executor", 1.0 / 50),
        new("map", null, 0.06),
        new("bytes", Peer.FloorName, 1 / 0.3),
        new("bytes", "python-by-hand", 1.0 / 5),
        new("bytes", "python-executor", 1.0 / 5),
        new("bytes", "python-pool", 1.0 / 5),
        new("shared-argument", null, 20),
        new("cold-start", Peer.FloorName, 1.8),
        new("idle-memory", Peer.FloorName, 1.4),
        new("idle-cpu", null, 10),
        new("pieces", null, 1.9),
    ];

    /// <returns>A row of the table; null where the run has not measured both sides.</returns>
    public string? Judge(Results results)
    {
        Peer? peer = results.Peers.FirstOrDefault(candidate => candidate.Name == PeerName);
        Scenario? scenario = results.Scenarios.FirstOrDefault(candidate => candidate.Name == ScenarioName);
        if (peer is null || scenario is null)
        {
            return null;
        }
        double? measured = Against is null ? results.Median(peer, scenario) : results.Ratio(peer, scenario, Against);
        if (measured is not double value)
        {
            return null;
        }
        bool atLeast = Against is null && scenario.Unit.HigherIsBetter;
        bool reached = atLeast ? value >= Limit : value <= Limit;
        string unit = Against is null ? scenario.Unit.Symbol : $"× {Against}";
        return $"| {scenario.Title} {(atLeast ? "≥" : "≤")} {Unit.Format(Limit)} {unit} | {Unit.Format(value)} "
            + $"| {(reached ? "reached" : "**missed**")} |";
    }
}
