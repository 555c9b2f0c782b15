using Microsoft.Extensions.Time.Testing;

namespace Brood.Channel;

public class SpinPolicyTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SpinPolicy _policy;

    public SpinPolicyTests() => _policy = new SpinPolicy(alone: false, _clock);

    [Fact]
    public void With_one_processor_nobody_looks()
    {
        var policy = new SpinPolicy(alone: true, _clock);
        policy.Begin(isPatient: true);

        Assert.False(policy.KeepLooking());
    }

    [Fact]
    public void A_wait_is_looked_through_for_as_long_as_a_wake_up_takes()
    {
        Assert.InRange(LooksFor(microseconds: 1_000), 50, 51);
    }

    [Fact]
    public void Long_waits_are_slept_through()
    {
        WaitOften(microseconds: 5_000);

        Assert.InRange(LooksFor(microseconds: 5_000), 2, 3);
    }

    [Fact]
    public void Waits_of_a_few_hundred_microseconds_are_looked_through_by_a_thread_that_has_nothing_else_to_do()
    {
        WaitOften(microseconds: 250, isPatient: true);

        Assert.Equal(250, LooksFor(microseconds: 250, isPatient: true));
        Assert.InRange(LooksFor(microseconds: 250), 2, 3);
    }

    [Fact]
    public void A_core_that_others_want_is_left_to_them()
    {
        WaitOften(microseconds: 250, isPatient: true);

        // Offered after 30, and back after 30 more.
        Assert.Equal(60, LooksFor(microseconds: 250, isPatient: true, step: 30));
    }

    [Fact]
    public void Long_looks_that_are_in_vain_are_given_up()
    {
        WaitOften(microseconds: 550, isPatient: true);

        Assert.InRange(Enumerable.Range(0, 16).Count(_ => LooksFor(microseconds: 550, isPatient: true) > 100), 0, 1);
    }

    [Fact]
    public void Short_waits_after_long_ones_are_found_out()
    {
        WaitOften(microseconds: 5_000);
        WaitOften(microseconds: 20);

        Assert.Equal(20, LooksFor(microseconds: 20));
    }

    private void WaitOften(int microseconds, bool isPatient = false)
    {
        for (int i = 0; i < 100; i++)
        {
            LooksFor(microseconds, isPatient);
        }
    }

    /// <summary>One wait of so long, with a look every few microseconds.</summary>
    /// <returns>How much of it was looked through.</returns>
    private int LooksFor(int microseconds, bool isPatient = false, int step = 1)
    {
        _policy.Begin(isPatient);
        for (int look = 1; look < SpinPolicy.UntimedLooks; look++)
        {
            Assert.True(_policy.KeepLooking());
        }
        int looked = 0;
        while (looked < microseconds && _policy.KeepLooking())
        {
            _clock.Advance(TimeSpan.FromMicroseconds(step));
            looked += step;
        }
        // It sleeps for the rest.
        _clock.Advance(TimeSpan.FromMicroseconds(microseconds - looked));
        _policy.End();
        return looked;
    }
}
