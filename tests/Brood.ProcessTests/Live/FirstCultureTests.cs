using System.Globalization;

namespace Brood.Live;

public class FirstCultureTests
{
    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_culture_that_was_set_before_the_first_call_flows()
    {
        await using Worker worker = await Worker.StartAsync();
        // A host of its own, which has never made a call: a worker that becomes a host.
        Assert.Equal("1,5", await worker.CallAsync(async () =>
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            await using Worker inner = await Worker.StartAsync();
            return await inner.CallAsync(() => $"{1.5}");
        }));
    }
}
