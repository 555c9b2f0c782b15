using Microsoft.Extensions.Time.Testing;

namespace Brood.Pool;

public class StartBreakerTests
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Starts_that_hung_at_the_same_time_hold_the_period_up_once()
    {
        var breaker = new StartBreaker(3, s_period, _clock);
        _clock.Advance(TimeSpan.FromSeconds(6));
        for (int i = 0; i < 3; i++)
        {
            breaker.Failed(new IOException(), isFinal: false, TimeSpan.FromSeconds(6));
        }

        _clock.Advance(s_period);
        breaker.Failed(new IOException(), isFinal: false, TimeSpan.Zero);

        Assert.Null(breaker.Failure);
    }

    [Fact]
    public void A_quick_failure_does_not_end_a_start_that_hangs()
    {
        var breaker = new StartBreaker(1, s_period, _clock);
        breaker.Failed(new IOException(), isFinal: false, TimeSpan.Zero);
        _clock.Advance(s_period * 3);
        breaker.Failed(new IOException(), isFinal: false, TimeSpan.Zero);
        Assert.Null(breaker.Failure);

        breaker.Failed(new IOException(), isFinal: false, s_period * 3);

        Assert.NotNull(breaker.Failure);
    }

    [Fact]
    public void A_period_in_which_something_hung_all_the_time_does_not_end()
    {
        var breaker = new StartBreaker(3, s_period, _clock);
        for (int i = 0; i < 4; i++)
        {
            Assert.Null(breaker.Failure);
            _clock.Advance(s_period * 2);
            breaker.Failed(new IOException(), isFinal: false, s_period * 2);
        }

        Assert.IsType<IOException>(breaker.Failure);
    }
}
