namespace Brood.Options;

public class TimeOptionTests
{
    private static readonly TimeSpan s_most = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public static TheoryData<string> Limits => ["Timeout", "CancelGrace", "JoinTimeout", "StartTimeout"];

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_time_that_no_timer_holds_is_refused_when_it_is_set(string name)
    {
        foreach (TimeSpan time in new[] { s_most + TimeSpan.FromTicks(1), TimeSpan.FromDays(60), TimeSpan.MaxValue })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => Set(name, time));
            Assert.Equal(name, error.ParamName);
            Assert.StartsWith($"{name} must be at most 49.7 days, which is what timers hold, or Timeout.InfiniteTimeSpan for no limit.", error.Message);
        }
        Assert.Equal(s_most, Set(name, s_most));
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void No_limit_is_a_limit_too(string name) => Assert.Equal(Timeout.InfiniteTimeSpan, Set(name, Timeout.InfiniteTimeSpan));

    [Theory]
    [InlineData("Timeout", "Timeout must be longer than zero, or")]
    [InlineData("StartTimeout", "StartTimeout must be longer than zero, or")]
    [InlineData("CancelGrace", "CancelGrace must not be negative, or")]
    [InlineData("JoinTimeout", "JoinTimeout must not be negative, or")]
    public void The_message_says_what_would_be_right(string name, string words)
    {
        Assert.StartsWith(words, Assert.Throws<ArgumentOutOfRangeException>(() => Set(name, TimeSpan.FromTicks(-1))).Message);
        bool zeroIsAllowed = words.Contains("negative");
        Assert.Equal(zeroIsAllowed, Record.Exception(() => Set(name, TimeSpan.Zero)) is null);
    }

    [Fact]
    public void Times_that_no_timer_keeps_may_be_as_long_as_they_like()
    {
        var options = new WorkerPoolOptions { MaxWorkerAge = TimeSpan.MaxValue, IdleTimeout = TimeSpan.MaxValue, RestartPeriod = TimeSpan.MaxValue };
        Assert.Equal(TimeSpan.MaxValue, options.IdleTimeout);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPoolOptions { MaxWorkerAge = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPoolOptions { RestartPeriod = Timeout.InfiniteTimeSpan });
    }

    private static TimeSpan Set(string name, TimeSpan time) => name switch
    {
        "Timeout" => new CallOptions { Timeout = time }.Timeout,
        "CancelGrace" => new CallOptions { CancelGrace = time }.CancelGrace,
        "JoinTimeout" => new WorkerOptions { JoinTimeout = time }.JoinTimeout,
        _ => new WorkerOptions { StartTimeout = time }.StartTimeout,
    };
}
