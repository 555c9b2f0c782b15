using Xunit;

public class CallTests
{
    [Fact]
    public async Task A_test_calls_a_worker() => Assert.Equal(0, await Run.Calls());
}
