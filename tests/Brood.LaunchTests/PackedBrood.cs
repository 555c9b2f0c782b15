using System.Reflection;

[assembly: AssemblyFixture(typeof(Brood.PackedBrood))]

namespace Brood;

/// <summary>
/// Brood, packed from a copy of its sources into a feed of its own, and beside it a copy of the programs of
/// tests/programs that take it from there, as a user's program would. One for all tests; nothing of it stays.
/// </summary>
public sealed class PackedBrood : IAsyncLifetime
{
    private readonly string _version = $"0.1.0-launch.{Environment.ProcessId}.{DateTime.UtcNow.Ticks}";
    private DirectoryInfo _folder = null!;

    /// <summary>The folder with the programs.</summary>
    public string Programs => Path.Combine(_folder.FullName, "programs");

    /// <summary>The program that most rows start: built once.</summary>
    public BuiltProgram Plain { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var repository = typeof(PackedBrood).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "RepositoryRoot").Value!;
        _folder = Directory.CreateTempSubdirectory("brood-launch-");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));

        var sources = Path.Combine(_folder.FullName, "sources");
        Copy(Path.Combine(repository, "src"), Path.Combine(sources, "src"));
        foreach (var pattern in new[] { "Directory.*", "README.md", "global.json" })
            foreach (var file in Directory.GetFiles(repository, pattern))
                File.Copy(file, Path.Combine(sources, Path.GetFileName(file)));
        Copy(Path.Combine(repository, "tests", "programs"), Programs);

        await Sdk(sources, "pack", "src/Brood", "-o", Path.Combine(Programs, "feed"), $"-p:Version={_version}");
        Plain = await BuildAsync("Plain");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var unpacked = Path.Combine(packages, "brood", _version);
        if (Directory.Exists(unpacked)) Directory.Delete(unpacked, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Builds a program where it lies.</summary>
    public async Task<BuiltProgram> BuildAsync(string program, params string[] options)
    {
        await Sdk(Programs, ["build", program, .. options]);
        return new BuiltProgram(this, program, Path.Combine(Programs, program, "bin", "Debug", "net10.0"));
    }

    /// <summary>Publishes the plain program from a copy of its own, so that several can be published at a time.</summary>
    public async Task<BuiltProgram> PublishPlainAsync(string copy, params string[] options)
    {
        var source = Path.Combine(Programs, copy);
        Directory.CreateDirectory(source);
        foreach (var file in Directory.GetFiles(Path.Combine(Programs, "Plain")))
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        var output = Path.Combine(source, "published");
        await Sdk(Programs, ["publish", copy, "-o", output, .. options]);
        return new BuiltProgram(this, "Plain", output);
    }

    /// <summary>A folder that any user may write to.</summary>
    public string CreateScratchFolder()
    {
        var scratch = Directory.CreateDirectory(Path.Combine(_folder.FullName, "scratch", Guid.NewGuid().ToString("N")));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(scratch.FullName, (UnixFileMode)Convert.ToInt32("777", 8));
        return scratch.FullName;
    }

    private static async Task Sdk(string folder, params string[] words)
    {
        var run = await ProgramRun.StartAsync("dotnet", [.. words, "-nologo", "-v:quiet", "-maxcpucount:1"], folder);
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        foreach (var folder in Directory.GetDirectories(source))
            if (Path.GetFileName(folder) is not ("bin" or "obj"))
                Copy(folder, Path.Combine(target, Path.GetFileName(folder)));
    }
}
