using System.Text.Json;
using Brood.Bench.Measuring;
using Brood.Bench.Peers;

namespace Brood.Bench.Reporting;

/// <summary>Ratios of one run, as a file: peer → scenario → how many times worse than the floor.</summary>
internal sealed record Baseline(
    string Date, string Machine, string Command, SortedDictionary<string, SortedDictionary<string, double>> Ratios)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string CommittedFile => Path.Combine(Repository.Results, "baseline.json");

    public static Baseline Of(Results results, BenchOptions options)
    {
        SortedDictionary<string, SortedDictionary<string, double>> ratios = new(StringComparer.Ordinal);
        foreach (Peer peer in results.Peers.Where(peer => peer.Name != Peer.FloorName))
        {
            SortedDictionary<string, double> ofPeer = new(StringComparer.Ordinal);
            foreach (Scenario scenario in results.Scenarios)
            {
                if (results.Ratio(peer, scenario) is double ratio)
                {
                    ofPeer[scenario.Name] = Math.Round(ratio, 3);
                }
            }
            ratios[peer.Name] = ofPeer;
        }
        return new Baseline($"{DateTime.UtcNow:yyyy-MM-dd}", Reporting.Machine.Describe(), options.CommandLine, ratios);
    }

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");

    public static Baseline Load(string file) => File.Exists(file)
        ? JsonSerializer.Deserialize<Baseline>(File.ReadAllText(file), s_json)!
        : throw new UsageException($"{file} does not exist. Write it with --save-baseline.");

    /// <returns>One sentence for each ratio that is worse than here by more than the factor.</returns>
    /// <exception cref="UsageException">The two have no ratio in common.</exception>
    public IReadOnlyList<string> Regressions(Baseline now, double factor)
    {
        List<string> worse = [];
        int compared = 0;
        foreach ((string peer, SortedDictionary<string, double> scenarios) in now.Ratios)
        {
            foreach ((string scenario, double ratio) in scenarios)
            {
                if (!Ratios.TryGetValue(peer, out SortedDictionary<string, double>? before)
                    || !before.TryGetValue(scenario, out double was))
                {
                    continue;
                }
                compared++;
                if (ratio > was * factor)
                {
                    worse.Add($"{peer}, {scenario}: {Unit.Format(ratio)} × the floor, was {Unit.Format(was)} on {Date}.");
                }
            }
        }
        return compared > 0
            ? worse
            : throw new UsageException("Nothing to compare: the baseline has none of these peers and scenarios.");
    }
}
