using System.Diagnostics;
using System.Reflection;
using Brood.Bench.Measuring;
using Brood.Bench.Peers;
using Brood.Bench.Reporting;

namespace Brood.Bench;

/// <summary>The whole run: build, measure, report, compare.</summary>
internal static class SideBySide
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        if (options.List)
        {
            PrintList();
            return 0;
        }
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("The floor needs Linux: futex, taskset, /proc.");
        }
        if (options.Quick && (options.SaveBaseline || options.Check))
        {
            throw new UsageException("Ratios of --quick sizes would mislead, as a baseline and beside one. Leave --quick out.");
        }
        if (typeof(SideBySide).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            throw new UsageException("This is a Debug build, which measures nothing. Add -c Release.");
        }
        Builder builder = new();
        List<Scenario> scenarios = Choose(Scenario.All, scenario => scenario.Name, options.Only, "scenario");
        List<Peer> peers = Choose(Peer.All, peer => peer.Name, options.Peers, "peer", Peer.FloorName);
        Skip(scenarios, scenario => scenario.Name, scenario => scenario.OneProcessor ? builder.Find("taskset") : null);
        Skip(peers, peer => peer.Name, peer => peer.Prepare(builder));
        Results results = await Rounds.RunAsync(scenarios, peers, options);
        Baseline now = Baseline.Of(results, options);
        string tables = Tables.Write(results, options);
        Console.WriteLine(tables);
        Save(now, tables, results.AnyFailed, options);
        bool worse = options.Check && ReportRegressions(now, options);
        return worse || results.AnyFailed ? 1 : 0;
    }

    private static void Save(Baseline now, string tables, bool anyFailed, BenchOptions options)
    {
        Directory.CreateDirectory(Repository.Results);
        File.WriteAllText(Path.Combine(Repository.Results, "latest.md"), $"# The last run\n\n{tables}");
        now.Save(Path.Combine(Repository.Results, "latest.json"));
        if (!options.SaveBaseline)
        {
            return;
        }
        if (anyFailed)
        {
            Console.WriteLine("The baseline was not saved, because a run failed.");
            return;
        }
        now.Save(Baseline.CommittedFile);
        Tables.SaveIn(Repository.Readme, tables);
    }

    private static bool ReportRegressions(Baseline now, BenchOptions options)
    {
        IReadOnlyList<string> regressions = Baseline.Load(Baseline.CommittedFile).Regressions(now, options.Factor);
        foreach (string regression in regressions)
        {
            Console.WriteLine($"Worse: {regression}");
        }
        if (regressions.Count == 0)
        {
            Console.WriteLine($"No ratio is worse than the baseline by more than {options.Factor} ×.");
        }
        return regressions.Count > 0;
    }

    private static void Skip<T>(List<T> items, Func<T, string> nameOf, Func<T, string?> problemOf)
    {
        foreach (T item in items.ToArray())
        {
            if (problemOf(item) is string problem)
            {
                Console.Error.WriteLine($"{nameOf(item)} is skipped: {problem}");
                items.Remove(item);
            }
        }
    }

    private static List<T> Choose<T>(
        IReadOnlyList<T> all, Func<T, string> nameOf, IReadOnlyList<string> wanted, string kind, string? always = null)
    {
        if (wanted.FirstOrDefault(name => all.All(item => nameOf(item) != name)) is string unknown)
        {
            throw new UsageException(
                $"There is no {kind} '{unknown}'. There are: {string.Join(", ", all.Select(nameOf))}.");
        }
        return [.. all.Where(item => wanted.Count == 0 || wanted.Contains(nameOf(item)) || nameOf(item) == always)];
    }

    private static void PrintList()
    {
        Console.WriteLine("Scenarios");
        foreach (Scenario scenario in Scenario.All)
        {
            Console.WriteLine($"  {scenario.Name,-20} {scenario.Title} ({scenario.Unit.Symbol})");
        }
        Console.WriteLine("Peers");
        foreach (Peer peer in Peer.All)
        {
            Console.WriteLine($"  {peer.Name,-20} {peer.Title}");
        }
    }
}
