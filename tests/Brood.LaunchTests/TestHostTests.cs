namespace Brood;

/// <summary>Programs that run tests.</summary>
public sealed class TestHostTests(PackedBrood brood)
{
    [Fact]
    public async Task A_VSTest_project_starts_workers()
    {
        var tests = await brood.BuildAsync("VsTest");
        string[] verbose = ["--logger", "console;verbosity=normal"];
        string[] project = ["dotnet", "test", Path.Combine(brood.Programs, "VsTest"), "--no-build", .. verbose];
        (await tests.RunAsync(project)).AssertAllCallsWorked();
        (await tests.RunAsync(["dotnet", "vstest", tests.Dll, .. verbose])).AssertAllCallsWorked();
    }

    [Fact]
    public async Task An_executable_of_xunit_starts_workers() =>
        (await (await brood.BuildAsync("XunitV3")).RunAsync()).AssertAllCallsWorked();
}
