namespace Brood;

/// <summary>Programs of a single source file: <c>dotnet run app.cs</c>.</summary>
public sealed class FileBasedTests(PackedBrood brood)
{
    [Fact]
    public async Task A_file_based_app_starts_workers() => (await RunAsync("app.cs")).AssertAllCallsWorked();

    [Fact]
    public async Task A_file_based_app_with_hooks_off_starts_workers_and_leaves_nothing_in_the_temporary_folder()
    {
        var folder = Path.Combine(brood.Programs, "FileBased");
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "app.cs"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "off.cs"), $"#:property StartupHookSupport=false\n{text}",
            TestContext.Current.CancellationToken);
        (await RunAsync("off.cs")).AssertAllCallsWorked();
    }

    // The SDK builds such programs in the user's local data: here in a folder that goes away.
    private async Task<CountedRun> RunAsync(string file)
    {
        var temporary = brood.CreateScratchFolder();
        var run = await CountedRun.StartAsync(
            brood, Path.Combine(brood.Programs, "FileBased"), ["dotnet", "run", file],
            ("XDG_DATA_HOME", brood.CreateScratchFolder()), ("TMPDIR", temporary), ("UseSharedCompilation", "false"));
        Assert.DoesNotContain(
            Directory.GetFiles(temporary, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(temporary, file)),
            left => left.Contains("brood", StringComparison.OrdinalIgnoreCase)
                || left.Contains("runtimeconfig", StringComparison.OrdinalIgnoreCase));
        return run;
    }
}
