using Brood.Calls;

namespace Brood.Workers;

public class CrashMessagesTests
{
    private static readonly CallOptions s_twice = new() { Retries = 2 };

    [Fact]
    public void A_pool_that_was_not_asked_to_repeat_says_how_to_ask()
    {
        string text = Of(ExitReason.Signal, CallOptions.Default);
        Assert.Contains("so it was not run again. If running it twice is harmless, call it through pool.With(new CallOptions { Retries = 1 }).", text);
    }

    [Fact]
    public void When_the_retries_are_used_up_nobody_is_told_to_ask_for_them()
    {
        string text = Of(ExitReason.Signal, s_twice);
        Assert.Contains("was started 2 times more (CallOptions.Retries); each time its worker ended", text);
        Assert.DoesNotContain("not run again", text);
    }

    [Fact]
    public void A_call_that_could_not_be_repeated_says_so()
    {
        string text = Of(ExitReason.Signal, s_twice, retriesLeft: 2);
        Assert.Contains("cannot be taken back, so it was not run again", text);
    }

    [Fact]
    public void A_worker_repeats_nothing_and_says_who_does()
    {
        string text = Of(ExitReason.Signal, s_twice, repeats: false);
        Assert.Contains("a WorkerPool repeats it, with new CallOptions { Retries = 1 }", text);
    }

    [Theory]
    [InlineData(ExitReason.StackOverflow, "recurse less")]
    [InlineData(ExitReason.MemoryLimit, "WorkerOptions.MaxMemoryBytes")]
    [InlineData(ExitReason.Killed, "how far it came is unknown")]
    public void What_would_end_in_the_same_way_is_not_to_be_repeated(ExitReason reason, string advice)
    {
        string text = Of(reason, CallOptions.Default);
        Assert.Contains(advice, text);
        Assert.DoesNotContain(nameof(CallOptions.Retries), text);
    }

    private static string Of(ExitReason reason, CallOptions options, int retriesLeft = 0, bool repeats = true)
    {
        var call = new PendingResult<int>(Function.Of(static () => 1), options, null) { RetriesLeft = retriesLeft };
        return CrashMessages.Of(call, new WorkerExit { ProcessId = 1, Reason = reason }, started: true, repeats, null);
    }
}
