using Brood.TestHost.Behaviours;
using Word = Brood.TestHost.Ending;

namespace Brood.Ending;

public class HostEndTests
{
    private const int SIGTERM = 15;
    private const int SIGKILL = 9;

    [Theory(Timeout = Watchdog.Milliseconds)]
    [InlineData(nameof(Idle), 2)]
    [InlineData(nameof(Sleeping), 2)]
    [InlineData(nameof(Spinning), 2)]
    [InlineData(nameof(InNativeCode), 2)]
    [InlineData(nameof(WithGrandchild), 4)]
    [InlineData(nameof(Nested), 3)]
    [InlineData(nameof(Crowd), 5)]
    public async Task Nothing_outlives_a_host_that_is_killed(string behaviour, int processes)
    {
        using var run = TestHostRun.Start(behaviour);
        await run.WaitUntilReadyAsync();
        Assert.True(run.Living.Count >= processes, $"{run.Living.Count} processes: {run.Output}");
        ProcessFacts.Kill(run.ProcessId, SIGKILL);
        await run.AssertNothingIsLeftAsync();
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Nothing_outlives_a_host_that_is_killed_while_its_workers_start()
    {
        using var run = TestHostRun.Start(nameof(Starting));
        await run.WaitUntilReadyAsync();
        ProcessFacts.Kill(run.ProcessId, SIGKILL);
        await run.AssertNothingIsLeftAsync();
    }

    [Theory(Timeout = Watchdog.Milliseconds)]
    [InlineData(nameof(Idle), Word.Return, 7)]
    [InlineData(nameof(Idle), Word.Dispose, 0)]
    [InlineData(nameof(Idle), Word.Throw, 134)]
    [InlineData(nameof(Spinning), Word.Return, 7)]
    [InlineData(nameof(WithGrandchild), Word.ThrowElsewhere, 134)]
    [InlineData(nameof(InNativeCode), Word.Exit, 8)]
    [InlineData(nameof(Sleeping), Word.FailFast, 134)]
    public async Task Nothing_outlives_a_host_that_ends_by_itself(string behaviour, string ending, int exitCode)
    {
        using var run = TestHostRun.Start(behaviour);
        await run.WaitUntilReadyAsync();
        run.Write(ending + "\n");
        Assert.Equal(exitCode, await run.WaitForExitAsync());
        await run.AssertNothingIsLeftAsync();
    }

    [Theory(Timeout = Watchdog.Milliseconds)]
    [InlineData(nameof(Idle))]
    [InlineData(nameof(Spinning))]
    [InlineData(nameof(Nested))]
    public async Task Nothing_outlives_a_host_that_is_terminated(string behaviour)
    {
        using var run = TestHostRun.Start(behaviour);
        await run.WaitUntilReadyAsync();
        ProcessFacts.Kill(run.ProcessId, SIGTERM);
        Assert.Equal(128 + SIGTERM, await run.WaitForExitAsync());
        await run.AssertNothingIsLeftAsync();
    }

    [Theory(Timeout = Watchdog.Milliseconds)]
    [InlineData(nameof(Printing))]
    [InlineData(nameof(Sleeping))]
    [InlineData(nameof(Inheriting))]
    public async Task Ctrl_C_in_a_terminal_ends_all_and_the_workers_say_nothing(string behaviour)
    {
        using var run = TestHostRun.StartInTerminal(behaviour);
        await run.WaitUntilReadyAsync();
        int before = run.Output.Length;
        run.Write("\u0003");
        await run.WaitForExitAsync();
        await run.AssertNothingIsLeftAsync();
        Assert.Equal("", run.Output[before..].Replace("^C", "").Trim());
    }
}
