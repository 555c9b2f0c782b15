using System.Diagnostics;

namespace Brood;

/// <summary>A program that was started and has ended: its words, its exit code and all that it wrote.</summary>
public sealed record ProgramRun(string CommandLine, int ExitCode, string Output)
{
    // Far above what any program here needs: it only keeps a hanging one from holding up everything.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    public static async Task<ProgramRun> StartAsync(
        string fileName,
        IEnumerable<string> words,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(fileName, words)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What this test program's own runner set is not what a user's shell would hand on.
        foreach (var name in start.Environment.Keys.Where(IsOfTheRunner).ToArray()) start.Environment.Remove(name);
        start.Environment["PWD"] = folder;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return new ProgramRun(
            string.Join(' ', [fileName, .. words]), process.ExitCode, await output + await errors);
    }

    public override string ToString() => $"{CommandLine}\nended with exit code {ExitCode} and wrote:\n{Output}";

    private static bool IsOfTheRunner(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("TESTINGPLATFORM_", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_STARTUP_HOOKS" or "DOTNET_HOST_PATH";
}
