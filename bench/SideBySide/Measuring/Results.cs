using Brood.Bench.Peers;

namespace Brood.Bench.Measuring;

/// <summary>Every outcome of a run, and what follows from them.</summary>
internal sealed class Results(IReadOnlyList<Scenario> scenarios, IReadOnlyList<Peer> peers)
{
    private readonly Dictionary<(string Peer, string Scenario), List<Outcome>> _outcomes = [];

    public IReadOnlyList<Scenario> Scenarios => scenarios;

    public IReadOnlyList<Peer> Peers => peers;

    public bool AnyFailed => _outcomes.Values.Any(outcomes => outcomes.Any(outcome => outcome.Failure is not null));

    public void Add(Peer peer, Scenario scenario, Outcome outcome) => Of(peer, scenario).Add(outcome);

    /// <summary>What the peer said to why it cannot; null where it can.</summary>
    public string? Cannot(Peer peer, Scenario scenario) =>
        Of(peer, scenario).Select(outcome => outcome.Cannot).FirstOrDefault(reason => reason is not null);

    public bool Failed(Peer peer, Scenario scenario) => Of(peer, scenario).Any(outcome => outcome.Failure is not null);

    /// <summary>In the scenario's unit; null where there is no value.</summary>
    public double? Median(Peer peer, Scenario scenario)
    {
        double[] values = [.. Of(peer, scenario).Where(o => o.Value is not null).Select(o => o.Value!.Value).Order()];
        if (values.Length == 0)
        {
            return null;
        }
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /// <summary>How many times worse than the floor.</summary>
    public double? Ratio(Peer peer, Scenario scenario) => Ratio(peer, scenario, Peer.FloorName);

    /// <summary>How many times worse than another peer.</summary>
    public double? Ratio(Peer peer, Scenario scenario, string against)
    {
        Peer? other = peers.FirstOrDefault(candidate => candidate.Name == against);
        return other is not null
            && Median(peer, scenario) is double value
            && Median(other, scenario) is double floor
                ? scenario.Ratio(value, floor)
                : null;
    }

    private List<Outcome> Of(Peer peer, Scenario scenario)
    {
        (string, string) key = (peer.Name, scenario.Name);
        if (!_outcomes.TryGetValue(key, out List<Outcome>? outcomes))
        {
            _outcomes[key] = outcomes = [];
        }
        return outcomes;
    }
}
