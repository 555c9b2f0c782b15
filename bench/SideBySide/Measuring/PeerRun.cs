using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Brood.Bench.Peers;

namespace Brood.Bench.Measuring;

/// <summary>Runs one scenario on one peer in a process of its own.</summary>
internal static class PeerRun
{
    /// <summary>A run that takes longer is killed and counts as failed.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    public static async Task<Outcome> RunAsync(Peer peer, Scenario scenario, BenchOptions options)
    {
        int milliseconds = scenario.MillisecondsFor(options);
        List<string> command =
        [
            .. scenario.OneProcessor ? ["taskset", "-c", "0"] : Array.Empty<string>(),
            .. peer.Command,
            scenario.Name,
            scenario.SizeFor(options).ToString(CultureInfo.InvariantCulture),
            milliseconds.ToString(CultureInfo.InvariantCulture),
            .. peer.TrailingArguments,
        ];
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(s_limit);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            string? line = await process.StandardOutput.ReadLineAsync(limit.Token);
            Outcome outcome = await ReadAsync(line, scenario, milliseconds, limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return outcome.Failure is null && process.ExitCode == 0
                ? outcome
                : Outcome.Failed($"{outcome.Failure} exit code {process.ExitCode}; {LastLine(await errors)}".Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return Outcome.Failed($"not over after {s_limit.TotalSeconds} s");
        }
        catch (Exception problem) when (problem is JsonException or IOException or KeyNotFoundException)
        {
            process.Kill(entireProcessTree: true);
            return Outcome.Failed($"no answer that can be read: {problem.Message}");
        }
    }

    private static async Task<Outcome> ReadAsync(
        string? line, Scenario scenario, int milliseconds, CancellationToken cancellationToken)
    {
        if (line is null)
        {
            return Outcome.Failed("no answer;");
        }
        using JsonDocument answer = JsonDocument.Parse(line);
        JsonElement root = answer.RootElement;
        if (root.TryGetProperty("cannot", out JsonElement reason))
        {
            return Outcome.NotPossible(reason.GetString()!);
        }
        double value = root.TryGetProperty("value", out JsonElement measured)
            ? measured.GetDouble()
            : await IdleMeter.MeasureAsync(Workers(root), Host(root), scenario.Idle, milliseconds, cancellationToken);
        return Outcome.Of(value / scenario.Unit.PeerUnits);
    }

    private static int Host(JsonElement root) => root.GetProperty("host").GetInt32();

    private static int[] Workers(JsonElement root) =>
        [.. root.GetProperty("workers").EnumerateArray().Select(id => id.GetInt32())];

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];
}
