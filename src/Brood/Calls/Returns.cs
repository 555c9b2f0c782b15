using Brood.Transfer;

namespace Brood.Calls;

/// <summary>What becomes of the value that a function returns: written, awaited and written, or streamed.</summary>
internal abstract class Returns<TRaw>
{
    public abstract void Write(TRaw raw, ServedCall call);

    public static Returns<TRaw> Create()
    {
        Type raw = typeof(TRaw);
        if (raw == typeof(Task))
        {
            return (Returns<TRaw>)(object)new TaskReturns();
        }
        if (raw == typeof(ValueTask))
        {
            return (Returns<TRaw>)(object)new ValueTaskReturns();
        }
        if (!raw.IsGenericType)
        {
            return new ValueReturns<TRaw>();
        }
        Type definition = raw.GetGenericTypeDefinition();
        Type? returns = definition == typeof(Task<>) ? typeof(TaskReturns<>)
            : definition == typeof(ValueTask<>) ? typeof(ValueTaskReturns<>)
            : definition == typeof(IAsyncEnumerable<>) ? typeof(StreamReturns<>)
            : null;
        return returns is null
            ? new ValueReturns<TRaw>()
            : (Returns<TRaw>)Activator.CreateInstance(returns.MakeGenericType(raw.GetGenericArguments()))!;
    }
}

internal sealed class ValueReturns<T> : Returns<T>
{
    private readonly Codec<T> _codec = Codec<T>.Declared;

    public override void Write(T raw, ServedCall call) => call.Write(_codec, raw);
}

internal sealed class TaskReturns : Returns<Task>
{
    public override void Write(Task raw, ServedCall call) => call.Wait(raw);
}

internal sealed class TaskReturns<T> : Returns<Task<T>>
{
    private readonly Codec<T> _codec = Codec<T>.Declared;

    public override void Write(Task<T> raw, ServedCall call)
    {
        call.Wait(raw);
        call.Write(_codec, raw.Result);
    }
}

internal sealed class ValueTaskReturns : Returns<ValueTask>
{
    public override void Write(ValueTask raw, ServedCall call) => call.Wait(raw.AsTask());
}

internal sealed class ValueTaskReturns<T> : Returns<ValueTask<T>>
{
    private readonly Codec<T> _codec = Codec<T>.Declared;

    public override void Write(ValueTask<T> raw, ServedCall call)
    {
        Task<T> task = raw.AsTask();
        call.Wait(task);
        call.Write(_codec, task.Result);
    }
}

internal sealed class StreamReturns<T> : Returns<IAsyncEnumerable<T>>
{
    private readonly Codec<T> _codec = Codec<T>.Declared;

    public override void Write(IAsyncEnumerable<T> raw, ServedCall call) => call.Wait(StreamAsync(raw, call));

    private async Task StreamAsync(IAsyncEnumerable<T> items, ServedCall call)
    {
        await foreach (T item in items.WithCancellation(call.StreamAbandoned).ConfigureAwait(false))
        {
            call.Write(_codec, item);
            call.SendItem();
        }
    }
}
