using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>A call that returns one value, or nothing.</summary>
/// <remarks>
/// Becomes a task only when somebody has to wait for one: an answer that comes while the caller still looks costs no
/// more than this object.
/// </remarks>
internal sealed class PendingResult<T>(Function function, CallOptions options, Codec<T>? codec) : PendingCall(function, options)
{
    private static readonly TaskCompletionSource<T> s_completed = new();

    private T _value = default!;
    private Exception? _error;
    private volatile bool _isCompleted;
    private TaskCompletionSource<T>? _waiter; // Null, the waiter, or s_completed. Interlocked.

    public override FrameKind Kind => FrameKind.Call;

    public override bool IsCompleted => _isCompleted;

    /// <summary>The value, of a call that is complete.</summary>
    public T Result
    {
        get
        {
            if (_error is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
            }
            return _value;
        }
    }

    public Task<T> AsTask()
    {
        if (!_isCompleted)
        {
            var waiter = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref _waiter, waiter, null) is { } present)
            {
                return present == s_completed ? CompletedTask() : present.Task;
            }
            return waiter.Task;
        }
        return CompletedTask();
    }

    public override void OnResult(ref TransferReader reader)
    {
        T value;
        try
        {
            value = codec is null ? default! : codec.Read(ref reader);
        }
        catch (Exception e)
        {
            Fail(e as TransferException ?? new TransferException($"The result of {Name} could not be read: {e.Message}", null, e));
            return;
        }
        if (TryEnd())
        {
            if (Live is { IsConnected: true } live)
            {
                // Reports that came before the result are delivered before it.
                live.EndThen(() => Complete(value, null));
                return;
            }
            Complete(value, null);
        }
    }

    protected override void CompleteFailed(Exception error)
    {
        if (Live is { IsConnected: true } live)
        {
            live.EndThen(() => Complete(default!, error));
            return;
        }
        Complete(default!, error);
    }

    private void Complete(T value, Exception? error)
    {
        _value = value;
        _error = error;
        _isCompleted = true;
        if (Interlocked.Exchange(ref _waiter, s_completed) is { } waiter)
        {
            SetTask(waiter);
        }
    }

    private Task<T> CompletedTask()
    {
        if (_error is null)
        {
            return Task.FromResult(_value);
        }
        var task = new TaskCompletionSource<T>();
        SetTask(task);
        return task.Task;
    }

    /// <summary>The only way to a cancelled task that keeps the words of its exception.</summary>
    private static async Task<T> CanceledAsync(OperationCanceledException error)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        throw error;
    }

    private void SetTask(TaskCompletionSource<T> task)
    {
        switch (_error)
        {
            case null:
                task.TrySetResult(_value);
                break;
            case OperationCanceledException canceled when Stop is { IsTimeout: false }:
                task.TrySetFromTask(CanceledAsync(canceled));
                break;
            default:
                task.TrySetException(_error);
                break;
        }
    }
}
