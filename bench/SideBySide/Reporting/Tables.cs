using System.Text;
using Brood.Bench.Measuring;
using Brood.Bench.Peers;

namespace Brood.Bench.Reporting;

/// <summary>The tables as markdown: medians, and how many times worse than the floor.</summary>
internal static class Tables
{
    private const string Begin = "<!-- results: written by the runner with --save-baseline -->";
    private const string End = "<!-- end of results -->";

    public static string Write(Results results, BenchOptions options)
    {
        StringBuilder text = new();
        string sizes = options.Quick ? "small sizes that prove nothing" : "full sizes";
        text.Append($"Rounds: {options.Rounds}, {sizes}, {DateTime.UtcNow:yyyy-MM-dd}, {Machine.Describe()}.\n");
        text.Append($"Command: `{options.CommandLine}`\n");
        text.Append("\n**Medians**\n\n");
        WriteTable(text, results, (peer, scenario) => results.Median(peer, scenario), withUnits: true);
        text.Append("\n**How many times worse than the floor** (1 = as good)\n\n");
        WriteTable(text, results, (peer, scenario) => results.Ratio(peer, scenario), withUnits: false);
        WriteReasons(text, results);
        WriteBars(text, results);
        return text.ToString();
    }

    /// <summary>Puts the tables where the page has its place for them.</summary>
    public static void SaveIn(string page, string tables)
    {
        string text = File.ReadAllText(page);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new UsageException($"{page} has lost its place for the tables: the lines '{Begin}' and '{End}'.");
        }
        File.WriteAllText(page, $"{text[..begin]}{Begin}\n\n{tables}\n{text[end..]}");
    }

    private static void WriteTable(
        StringBuilder text, Results results, Func<Peer, Scenario, double?> figure, bool withUnits)
    {
        text.Append("| |");
        foreach (Scenario scenario in results.Scenarios)
        {
            text.Append($" {scenario.Title}{(withUnits ? $" ({scenario.Unit.Symbol})" : "")} |");
        }
        text.Append("\n|---|");
        text.Insert(text.Length, "---:|", results.Scenarios.Count);
        text.Append('\n');
        foreach (Peer peer in results.Peers)
        {
            text.Append($"| {peer.Title} |");
            foreach (Scenario scenario in results.Scenarios)
            {
                text.Append($" {Cell(results, peer, scenario, figure(peer, scenario))} |");
            }
            text.Append('\n');
        }
    }

    private static string Cell(Results results, Peer peer, Scenario scenario, double? figure)
    {
        if (results.Failed(peer, scenario))
        {
            return "failed";
        }
        return figure is double value ? Unit.Format(value) : "–";
    }

    private static void WriteBars(StringBuilder text, Results results)
    {
        string[] lines = [.. Bar.All.Select(bar => bar.Judge(results)).OfType<string>()];
        if (lines.Length > 0)
        {
            text.Append("\n**Bars**\n\n| Bar | Measured | |\n|---|---:|---|\n");
            text.AppendJoin('\n', lines).Append('\n');
        }
    }

    private static void WriteReasons(StringBuilder text, Results results)
    {
        foreach (Peer peer in results.Peers)
        {
            string[] reasons =
            [
                .. results.Scenarios
                    .Where(scenario => results.Cannot(peer, scenario) is not null)
                    .GroupBy(scenario => results.Cannot(peer, scenario)!)
                    .Select(group => $"{string.Join(", ", group.Select(scenario => scenario.Name))}: {group.Key}"),
            ];
            if (reasons.Length > 0)
            {
                text.Append($"\n{peer.Title} – {string.Join("; ", reasons)}.\n");
            }
        }
    }
}
