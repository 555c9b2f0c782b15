using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Brood.Failing;

public class FunctionExceptionTests(SharedWorker shared) : IClassFixture<SharedWorker>
{
    private readonly Worker _worker = shared.Worker;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_exception_arrives_as_its_own_type_with_the_remote_stack()
    {
        var error = await Assert.ThrowsAsync<OddException>(() => _worker.CallAsync(ThrowOdd, 7));
        Assert.Equal(7, error.Number);
        Assert.Equal("odd 7", error.Message);
        Assert.IsType<InvalidDataException>(error.InnerException);
        Assert.Contains(nameof(ThrowOdd), error.StackTrace);
        Assert.Contains($"worker {_worker.ProcessId}", error.StackTrace);
        Assert.Throws<OddException>(() => _worker.Call(ThrowOdd, 7));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Exceptions_of_async_functions_arrive_without_a_wrapper()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => _worker.CallAsync(async () =>
        {
            await Task.Yield();
            throw new InvalidDataException("later");
        }));
        var both = await Assert.ThrowsAsync<AggregateException>(() => _worker.CallAsync(
            () => { throw new AggregateException(new InvalidDataException("one"), new FormatException("two")); }));
        Assert.Equal(["one", "two"], both.InnerExceptions.Select(inner => inner.Message));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _worker.CallAsync(() => { throw new OperationCanceledException("its own"); }));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task An_exception_that_cannot_be_rebuilt_arrives_as_a_RemoteException()
    {
        var error = await Assert.ThrowsAsync<RemoteException>(() => _worker.CallAsync(ThrowDynamic));
        Assert.Contains("MadeUp", error.TypeName);
        Assert.Contains(nameof(ThrowDynamic), error.RemoteStackTrace);
        Assert.Equal(_worker.ProcessId, await _worker.CallAsync(() => Environment.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_result_that_cannot_cross_fails_its_call_only()
    {
        var error = await Assert.ThrowsAsync<TransferException>(() => _worker.CallAsync(() => (object)Thread.CurrentThread));
        Assert.Contains("Thread", error.Message);
        Assert.Equal(1, await _worker.CallAsync(() => 1));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_cannot_cross_is_refused_by_name_and_nothing_is_sent()
    {
        await using Worker worker = await Worker.StartAsync();
        var db = new MemoryStream();
        var captured = await Assert.ThrowsAsync<TransferException>(() => worker.CallAsync(() => db.Length));
        Assert.Contains("captured 'db'", captured.Message);
        Assert.Contains("captured 'db'", captured.Path);
        var argument = await Assert.ThrowsAsync<TransferException>(() => worker.CallAsync(thread => thread.Name, Thread.CurrentThread));
        Assert.Contains("argument 'thread'", argument.Message);
        Assert.Throws<TransferException>(() => worker.Call(() => db.Length));
        await Assert.ThrowsAsync<TransferException>(async () => await worker.StreamAsync(() => Of(db)).ToListAsync());
        Assert.Equal(0, (await worker.JoinAsync()).CallsServed);

        static async IAsyncEnumerable<int> Of(MemoryStream stream)
        {
            await Task.Yield();
            yield return (int)stream.Length;
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_function_in_a_dynamic_assembly_is_refused_saying_why()
    {
        var method = new DynamicMethod("Answer", typeof(int), []);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4, 42);
        il.Emit(OpCodes.Ret);
        Func<int> function = method.CreateDelegate<Func<int>>();
        var error = await Assert.ThrowsAsync<TransferException>(() => _worker.CallAsync(function));
        Assert.Contains("Answer", error.Message);

        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new("Scripted"), AssemblyBuilderAccess.Run);
        TypeBuilder type = assembly.DefineDynamicModule("m").DefineType("Script");
        MethodBuilder builder = type.DefineMethod("Run", System.Reflection.MethodAttributes.Static | System.Reflection.MethodAttributes.Public, typeof(int), []);
        il = builder.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4, 42);
        il.Emit(OpCodes.Ret);
        function = type.CreateType().GetMethod("Run")!.CreateDelegate<Func<int>>();
        error = await Assert.ThrowsAsync<TransferException>(() => _worker.CallAsync(function));
        Assert.Contains("Scripted", error.Message);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ThrowOdd(int number) => throw new OddException($"odd {number}", new InvalidDataException("inner")) { Number = number };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowDynamic()
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new("Emitted"), AssemblyBuilderAccess.Run);
        TypeBuilder type = assembly.DefineDynamicModule("m").DefineType("MadeUp", System.Reflection.TypeAttributes.Public, typeof(Exception));
        throw (Exception)Activator.CreateInstance(type.CreateType())!;
    }

    private sealed class OddException(string message, Exception inner) : Exception(message, inner)
    {
        public int Number { get; init; }
    }
}
