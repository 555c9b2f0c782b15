namespace Brood;

/// <summary>Programs as <c>dotnet publish</c> leaves them.</summary>
public sealed class PublishedTests(PackedBrood brood)
{
    private static readonly string[] s_selfContained = ["-r", "linux-x64", "--self-contained"];

    [Fact]
    public async Task A_single_file_starts_workers()
    {
        var program = await brood.PublishPlainAsync(
            "SingleFile", "-r", "linux-x64", "--no-self-contained", "-p:PublishSingleFile=true");
        (await program.RunAsync()).AssertAllCallsWorked();
    }

    [Fact]
    public async Task A_single_file_that_brings_its_runtime_starts_workers()
    {
        var program = await brood.PublishPlainAsync("SelfContained", [.. s_selfContained, "-p:PublishSingleFile=true"]);
        (await program.RunAsync()).AssertAllCallsWorked();
    }

    [Fact]
    public async Task A_trimmed_program_starts_workers_and_is_published_without_warnings()
    {
        var program = await brood.PublishPlainAsync("Trimmed", [.. s_selfContained, "-p:PublishTrimmed=true"]);
        (await program.RunAsync()).AssertAllCallsWorked();
    }

    [Fact]
    public async Task A_program_that_turned_hooks_off_refuses_before_it_starts_anything()
    {
        var program = await brood.PublishPlainAsync("HooksOff", [.. s_selfContained, "-p:StartupHookSupport=false"]);
        (await program.RunAsync()).AssertRefused("<StartupHookSupport>true</StartupHookSupport>");

        // The same program, made to believe that its hooks are on: no fork bomb, and the child's own words.
        var deceived = await program.RunAsync(("CLAIM_HOOKS", "yes"));
        Assert.Contains("refused", deceived.Program.Output);
        Assert.Contains("its start-up hook did not run and Main was reached", deceived.Program.Output);
        Assert.True(deceived.Mains <= 2, deceived.Program.ToString());
        Assert.Empty(deceived.Survivors);
    }
}
