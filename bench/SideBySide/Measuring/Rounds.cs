using Brood.Bench.Peers;

namespace Brood.Bench.Measuring;

/// <summary>Runs every scenario on every peer, peers in turn within a round, so that a noisy minute hits all.</summary>
internal static class Rounds
{
    public static async Task<Results> RunAsync(
        IReadOnlyList<Scenario> scenarios, IReadOnlyList<Peer> peers, BenchOptions options)
    {
        Results results = new(scenarios, peers);
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (Scenario scenario in scenarios)
            {
                for (int run = 0; run < scenario.RunsFor(options); run++)
                {
                    foreach (Peer peer in peers.Where(peer => results.Cannot(peer, scenario) is null))
                    {
                        Outcome outcome = await PeerRun.RunAsync(peer, scenario, options);
                        results.Add(peer, scenario, outcome);
                        Console.Error.WriteLine($"round {round}/{options.Rounds}  {scenario.Name,-20} {peer.Name,-18} "
                            + Describe(outcome, scenario));
                    }
                }
            }
        }
        return results;
    }

    private static string Describe(Outcome outcome, Scenario scenario) => outcome switch
    {
        { Value: double value } => $"{Unit.Format(value)} {scenario.Unit.Symbol}",
        { Cannot: string reason } => $"cannot: {reason}",
        _ => $"FAILED: {outcome.Failure}",
    };
}
