namespace Brood.Calling;

public class BindingTests(SharedWorker shared) : IClassFixture<SharedWorker>
{
    private readonly Worker _worker = shared.Worker;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Methods_of_the_framework_bind_without_casts()
    {
        Assert.Equal(3, await _worker.CallAsync(Math.Sqrt, 9.0));
        Assert.Equal("ab", await _worker.CallAsync(string.Concat, "a", "b"));
        Assert.Equal("abc", await _worker.CallAsync(string.Concat, "a", "b", "c"));
        Assert.Equal(4, await _worker.CallAsync(Math.Max, 3, 4));
        Assert.Equal(_worker.ProcessId, await _worker.CallAsync(() => Environment.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Static_and_async_lambdas_bind()
    {
        Assert.Equal(6, await _worker.CallAsync(static (a, b) => a * b, 2, 3));
        Assert.Equal(6, await _worker.CallAsync(static async (a, b) =>
        {
            await Task.Yield();
            return a * b;
        }, 2, 3));
        await _worker.CallAsync(static async () => await Task.Yield());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Lambdas_capture_locals_and_parameters()
    {
        await CaptureAsync(5);

        async Task CaptureAsync(int parameter)
        {
            string local = "x";
            Assert.Equal("x5", await _worker.CallAsync(() => local + parameter));
            Assert.Equal("x57", await _worker.CallAsync(a => local + parameter + a, 7));
            Assert.Equal("x5", await _worker.CallAsync(async () =>
            {
                await Task.Yield();
                return local + parameter;
            }));
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Only_what_the_lambda_reads_is_sent()
    {
        var unsendable = new Unsendable();
        int number = 3;
        Func<Unsendable> neighbour = () => unsendable;
        Assert.Equal(9, await _worker.CallAsync(() => number * number));
        Assert.Same(unsendable, neighbour());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Local_functions_call_one_another_over_there()
    {
        int factor = 10;
        Assert.Equal(6, await _worker.CallAsync(Factorial, 3));
        Assert.Equal(60, await _worker.CallAsync(Scaled, 3));

        static int Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
        int Scaled(int n) => Factorial(n) * factor;
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Private_generic_and_overloaded_functions_are_found()
    {
        Assert.Equal("Int32 1", await _worker.CallAsync(Describe, 1));
        Assert.Equal("String a", await _worker.CallAsync(Describe, "a"));
        Assert.Equal("Guid", await _worker.CallAsync(Holder<Guid>.Name));
        Assert.Equal("int", await _worker.CallAsync((Func<int, string>)Overloaded, 1));
        Assert.Equal("string", await _worker.CallAsync((Func<string, string>)Overloaded, "1"));
        Assert.Equal("two", await _worker.CallAsync(Overloaded, 1, 2));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Instance_methods_go_with_their_instance()
    {
        var counter = new Counter(40);
        Assert.Equal(42, await _worker.CallAsync(counter.Add, 2));
        Assert.Equal(40, counter.Start);
        Assert.Equal(3, await _worker.CallAsync("abc".IndexOf, "d") + 4);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task With_calls_the_same_worker_with_other_options()
    {
        Callable patient = _worker.With(new CallOptions { Timeout = TimeSpan.FromMinutes(1) });
        Assert.Equal(_worker.ProcessId, await patient.CallAsync(() => Environment.ProcessId));
        Assert.Equal(_worker.ProcessId, await patient.With(new CallOptions { Name = "again" }).CallAsync(() => Environment.ProcessId));
        Assert.Equal(_worker.ProcessId, patient.Call(() => Environment.ProcessId));
    }

    private static string Describe<T>(T value) => $"{typeof(T).Name} {value}";

    private static string Overloaded(int value) => "int";

    private static string Overloaded(string value) => "string";

    private static string Overloaded(int value, int other) => "two";

    private static class Holder<T>
    {
        public static string Name() => typeof(T).Name;
    }

    private sealed record Counter(int Start)
    {
        public int Add(int value) => Start + value;
    }

    private sealed class Unsendable
    {
        public Thread Thread { get; } = Thread.CurrentThread;
    }
}
