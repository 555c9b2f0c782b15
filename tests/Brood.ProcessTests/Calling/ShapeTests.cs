namespace Brood.Calling;

public class ShapeTests(SharedWorker shared) : IClassFixture<SharedWorker>
{
    private static string s_last = ""; // Of the worker's process.

    private readonly Worker _worker = shared.Worker;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task CallAsync_takes_actions_of_0_to_4_arguments()
    {
        await _worker.CallAsync(() => Keep("-"));
        Assert.Equal("-", await LastAsync());
        await _worker.CallAsync(a => Keep($"{a}"), 1);
        Assert.Equal("1", await LastAsync());
        await _worker.CallAsync((a, b) => Keep($"{a}{b}"), 1, 2);
        Assert.Equal("12", await LastAsync());
        await _worker.CallAsync((a, b, c) => Keep($"{a}{b}{c}"), 1, 2, 3);
        Assert.Equal("123", await LastAsync());
        await _worker.CallAsync((a, b, c, d) => Keep($"{a}{b}{c}{d}"), 1, 2, 3, 4);
        Assert.Equal("1234", await LastAsync());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task CallAsync_takes_functions_of_0_to_4_arguments()
    {
        Assert.Equal("-", await _worker.CallAsync(() => "-"));
        Assert.Equal("1", await _worker.CallAsync(a => $"{a}", 1));
        Assert.Equal("12", await _worker.CallAsync((a, b) => $"{a}{b}", 1, 2));
        Assert.Equal("123", await _worker.CallAsync((a, b, c) => $"{a}{b}{c}", 1, 2, 3));
        Assert.Equal("1234", await _worker.CallAsync((a, b, c, d) => $"{a}{b}{c}{d}", 1, 2, 3, 4));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task CallAsync_awaits_tasks_of_0_to_4_arguments_in_the_worker()
    {
        await _worker.CallAsync(async () => await KeepLater("-"));
        Assert.Equal("-", await LastAsync());
        await _worker.CallAsync(async a => await KeepLater($"{a}"), 1);
        Assert.Equal("1", await LastAsync());
        await _worker.CallAsync(async (a, b) => await KeepLater($"{a}{b}"), 1, 2);
        Assert.Equal("12", await LastAsync());
        await _worker.CallAsync(async (a, b, c) => await KeepLater($"{a}{b}{c}"), 1, 2, 3);
        Assert.Equal("123", await LastAsync());
        await _worker.CallAsync(async (a, b, c, d) => await KeepLater($"{a}{b}{c}{d}"), 1, 2, 3, 4);
        Assert.Equal("1234", await LastAsync());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task CallAsync_awaits_tasks_with_a_result_of_0_to_4_arguments_in_the_worker()
    {
        Assert.Equal("-", await _worker.CallAsync(async () => await Later("-")));
        Assert.Equal("1", await _worker.CallAsync(async a => await Later($"{a}"), 1));
        Assert.Equal("12", await _worker.CallAsync(async (a, b) => await Later($"{a}{b}"), 1, 2));
        Assert.Equal("123", await _worker.CallAsync(async (a, b, c) => await Later($"{a}{b}{c}"), 1, 2, 3));
        Assert.Equal("1234", await _worker.CallAsync(async (a, b, c, d) => await Later($"{a}{b}{c}{d}"), 1, 2, 3, 4));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task CallAsync_awaits_value_tasks_of_0_to_4_arguments_in_the_worker()
    {
        await _worker.CallAsync(ValueKeep0);
        Assert.Equal("-", await LastAsync());
        await _worker.CallAsync(ValueKeep1, 1);
        Assert.Equal("1", await LastAsync());
        await _worker.CallAsync(ValueKeep2, 1, 2);
        Assert.Equal("12", await LastAsync());
        await _worker.CallAsync(ValueKeep3, 1, 2, 3);
        Assert.Equal("123", await LastAsync());
        await _worker.CallAsync(ValueKeep4, 1, 2, 3, 4);
        Assert.Equal("1234", await LastAsync());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task CallAsync_awaits_value_tasks_with_a_result_of_0_to_4_arguments_in_the_worker()
    {
        Assert.Equal("-", await _worker.CallAsync(Value0));
        Assert.Equal("1", await _worker.CallAsync(Value1, 1));
        Assert.Equal("12", await _worker.CallAsync(Value2, 1, 2));
        Assert.Equal("123", await _worker.CallAsync(Value3, 1, 2, 3));
        Assert.Equal("1234", await _worker.CallAsync(Value4, 1, 2, 3, 4));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Call_takes_every_shape_of_0_to_4_arguments()
    {
        await Task.Yield();
        _worker.Call(() => Keep("-"));
        _worker.Call(a => Keep($"{a}"), 1);
        _worker.Call((a, b) => Keep($"{a}{b}"), 1, 2);
        _worker.Call((a, b, c) => Keep($"{a}{b}{c}"), 1, 2, 3);
        _worker.Call((a, b, c, d) => Keep($"{a}{b}{c}{d}"), 1, 2, 3, 4);
        Assert.Equal("1234", _worker.Call(() => s_last));
        Assert.Equal("1", _worker.Call(a => $"{a}", 1));
        Assert.Equal("12", _worker.Call((a, b) => $"{a}{b}", 1, 2));
        Assert.Equal("123", _worker.Call((a, b, c) => $"{a}{b}{c}", 1, 2, 3));
        Assert.Equal("1234", _worker.Call((a, b, c, d) => $"{a}{b}{c}{d}", 1, 2, 3, 4));
        _worker.Call(async () => await KeepLater("-"));
        _worker.Call(async a => await KeepLater($"{a}"), 1);
        _worker.Call(async (a, b) => await KeepLater($"{a}{b}"), 1, 2);
        _worker.Call(async (a, b, c) => await KeepLater($"{a}{b}{c}"), 1, 2, 3);
        _worker.Call(async (a, b, c, d) => await KeepLater($"{a}{b}{c}{d}"), 1, 2, 3, 4);
        Assert.Equal("-", _worker.Call(async () => await Later("-")));
        Assert.Equal("1", _worker.Call(async a => await Later($"{a}"), 1));
        Assert.Equal("12", _worker.Call(async (a, b) => await Later($"{a}{b}"), 1, 2));
        Assert.Equal("123", _worker.Call(async (a, b, c) => await Later($"{a}{b}{c}"), 1, 2, 3));
        Assert.Equal("1234", _worker.Call(async (a, b, c, d) => await Later($"{a}{b}{c}{d}"), 1, 2, 3, 4));
        _worker.Call(ValueKeep0);
        _worker.Call(ValueKeep1, 1);
        _worker.Call(ValueKeep2, 1, 2);
        _worker.Call(ValueKeep3, 1, 2, 3);
        _worker.Call(ValueKeep4, 1, 2, 3, 4);
        Assert.Equal("-", _worker.Call(Value0));
        Assert.Equal("1", _worker.Call(Value1, 1));
        Assert.Equal("12", _worker.Call(Value2, 1, 2));
        Assert.Equal("123", _worker.Call(Value3, 1, 2, 3));
        Assert.Equal("1234", _worker.Call(Value4, 1, 2, 3, 4));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task RunAsync_takes_every_shape_of_0_to_4_arguments()
    {
        Task[] silent =
        [
            Worker.RunAsync(() => Keep("-")), Worker.RunAsync(a => Keep($"{a}"), 1), Worker.RunAsync((a, b) => Keep($"{a}{b}"), 1, 2),
            Worker.RunAsync((a, b, c) => Keep($"{a}{b}{c}"), 1, 2, 3), Worker.RunAsync((a, b, c, d) => Keep($"{a}{b}{c}{d}"), 1, 2, 3, 4),
            Worker.RunAsync(async () => await KeepLater("-")), Worker.RunAsync(async a => await KeepLater($"{a}"), 1),
            Worker.RunAsync(ValueKeep0), Worker.RunAsync(ValueKeep1, 1), Worker.RunAsync(ValueKeep4, 1, 2, 3, 4),
        ];
        Task<string>[] telling =
        [
            Worker.RunAsync(() => "-"), Worker.RunAsync(a => $"{a}", 1), Worker.RunAsync((a, b) => $"{a}{b}", 1, 2),
            Worker.RunAsync((a, b, c) => $"{a}{b}{c}", 1, 2, 3), Worker.RunAsync((a, b, c, d) => $"{a}{b}{c}{d}", 1, 2, 3, 4),
            Worker.RunAsync(async () => await Later("-")), Worker.RunAsync(async a => await Later($"{a}"), 1),
            Worker.RunAsync(Value2, 1, 2), Worker.RunAsync(Value3, 1, 2, 3), Worker.RunAsync(Value4, 1, 2, 3, 4),
        ];
        Assert.Equal(["-", "1", "12", "123", "1234", "-", "1", "12", "123", "1234"], await Task.WhenAll(telling));
        await Task.WhenAll(silent);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task StreamAsync_takes_functions_of_0_to_4_arguments()
    {
        Assert.Equal(["-", "."], await _worker.StreamAsync(() => Items("-")).ToListAsync());
        Assert.Equal(["1", "."], await _worker.StreamAsync(a => Items($"{a}"), 1).ToListAsync());
        Assert.Equal(["12", "."], await _worker.StreamAsync((a, b) => Items($"{a}{b}"), 1, 2).ToListAsync());
        Assert.Equal(["123", "."], await _worker.StreamAsync((a, b, c) => Items($"{a}{b}{c}"), 1, 2, 3).ToListAsync());
        Assert.Equal(["1234", "."], await _worker.StreamAsync((a, b, c, d) => Items($"{a}{b}{c}{d}"), 1, 2, 3, 4).ToListAsync());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Results_come_in_the_order_in_which_they_are_awaited()
    {
        Task<int>[] calls = [.. Enumerable.Range(0, 3000).Select(i => _worker.CallAsync(n => n * n, i))];
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => i * i), await Task.WhenAll(calls));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Many_threads_may_call_at_once_in_both_ways()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                Assert.Equal(thread + i, (i & 1) == 0 ? _worker.Call((a, b) => a + b, thread, i) : await _worker.CallAsync((a, b) => a + b, thread, i));
            }
        })));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Arguments_are_copied_while_the_call_is_made()
    {
        int[] numbers = [1, 2, 3];
        Task<int> sum = _worker.CallAsync(items => items.Sum(), numbers);
        numbers[0] = 100;
        Assert.Equal(6, await sum);
    }

    private static void Keep(string text) => s_last = text;

    private static async Task KeepLater(string text)
    {
        await Task.Yield();
        s_last = text;
    }

    private static async Task<string> Later(string text)
    {
        await Task.Yield();
        return text;
    }

    private Task<string> LastAsync() => _worker.CallAsync(() => s_last);

    private static async ValueTask ValueKeep0() => await KeepLater("-");

    private static async ValueTask ValueKeep1(int a) => await KeepLater($"{a}");

    private static async ValueTask ValueKeep2(int a, int b) => await KeepLater($"{a}{b}");

    private static async ValueTask ValueKeep3(int a, int b, int c) => await KeepLater($"{a}{b}{c}");

    private static async ValueTask ValueKeep4(int a, int b, int c, int d) => await KeepLater($"{a}{b}{c}{d}");

    private static async ValueTask<string> Value0() => await Later("-");

    private static async ValueTask<string> Value1(int a) => await Later($"{a}");

    private static async ValueTask<string> Value2(int a, int b) => await Later($"{a}{b}");

    private static async ValueTask<string> Value3(int a, int b, int c) => await Later($"{a}{b}{c}");

    private static async ValueTask<string> Value4(int a, int b, int c, int d) => await Later($"{a}{b}{c}{d}");

    private static async IAsyncEnumerable<string> Items(string first)
    {
        yield return first;
        await Task.Yield();
        yield return ".";
    }
}
