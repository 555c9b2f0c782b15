using System.Diagnostics;

namespace Brood.Bench.Peers;

/// <summary>Builds the peers that are asked for, each once. Every method returns what is missing, or null.</summary>
internal sealed class Builder
{
    private readonly Dictionary<string, string?> _done = [];

    public static string FloorProgram => Path.Combine(Repository.Built, "floor");

    public static string ProgramOf(string project) =>
        Path.Combine(Repository.Root, $"artifacts/bin/Brood.Bench.{project}/release/Brood.Bench.{project}");

    public string? Find(string program) => Once(program, () =>
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Any(folder => File.Exists(Path.Combine(folder, program))) ? null : $"{program} is not installed";
    });

    public string? CompileFloor() => Find("cc") ?? Once(FloorProgram, () =>
    {
        Directory.CreateDirectory(Repository.Built);
        string[] sources = Directory.GetFiles(Path.Combine(Repository.Peers, "floor"), "*.c");
        return Run("cc", ["-O2", "-std=gnu11", "-Wall", "-Wextra", "-o", FloorProgram, .. sources]);
    });

    public string? Build(string project) => Once(project, () =>
        Run("dotnet", ["build", "-c", "Release", "-v", "quiet", "-nologo", Path.Combine(Repository.Peers, project)]));

    private string? Once(string key, Func<string?> build)
    {
        if (!_done.TryGetValue(key, out string? problem))
        {
            _done[key] = problem = build();
        }
        return problem;
    }

    private static string? Run(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program} failed: {(output + errors.Result).Trim()}";
    }
}
