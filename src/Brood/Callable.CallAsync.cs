using System.Runtime.CompilerServices;
using Brood.Calls;
using Brood.Transfer;
using Brood.Workers;

namespace Brood;

// Every shape of a function, for 0 to 4 arguments. The Task shapes have priority: with that, method groups, lambdas and
// methods of the framework all bind without casts.
public abstract partial class Callable
{
    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync(Action function, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<R>(Func<R> function, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task CallAsync(Func<Task> function, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<R> CallAsync<R>(Func<Task<R>> function, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync(Func<ValueTask> function, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<R>(Func<ValueTask<R>> function, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T>(Action<T> function, T arg, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <summary>Calls a function in a worker process.</summary>
    /// <param name="function">What to call. A lambda may capture variables; only those that it reads are sent.</param>
    /// <param name="arg">Copied before this method returns: changing it afterwards changes nothing.</param>
    /// <param name="cancellationToken">Stops the call, not just the waiting: a queued call is removed; of a running one the
    /// tokens that the function took are cancelled, and after <see cref="CallOptions.CancelGrace"/> (at once, if it took
    /// nothing through which it could hear) its worker is killed. It is no argument of the function: what the function is to hear of is given to it as well.</param>
    /// <returns>The result. A function that returns a task is awaited in the worker. One that returns a value although its token
    /// was cancelled, for this token or for a timeout, has succeeded.</returns>
    /// <remarks>
    /// A token that is an argument cancels the function only: the exception that this raises carries a token of the worker's. What
    /// the <see cref="IProgress{T}.Report"/> of a progress throws in the host is ignored. All failures come with the task, but for an
    /// <see cref="ArgumentNullException"/>.
    /// </remarks>
    /// <exception cref="TransferException">The function, an argument, a captured variable or the result cannot cross. If the
    /// result: the function has run.</exception>
    /// <exception cref="WorkerCrashedException">The worker ended; <see cref="WorkerCrashedException.Started"/> says whether the
    /// function had started.</exception>
    /// <exception cref="CallTimeoutException"><see cref="CallOptions.Timeout"/> passed;
    /// <see cref="CallTimeoutException.Started"/> says whether the function had started.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The function may have started, unless that was before the
    /// call.</exception>
    /// <exception cref="WorkerStartException">A pool could start no worker for the call. The function has not run.</exception>
    /// <exception cref="PoolSaturatedException"><see cref="WorkerPoolOptions.MaxQueuedCalls"/> was reached. The function has not run.</exception>
    /// <exception cref="ObjectDisposedException">Called after dispose or join, or a pool was disposed before its turn came; or an array that
    /// is an argument was disposed. The function has not run.</exception>
    /// <exception cref="RemoteException">The function threw an exception whose type cannot be rebuilt here. Other exceptions of the
    /// function arrive as their own type, with the worker's stack trace.</exception>
    public Task<R> CallAsync<T, R>(Func<T, R> function, T arg, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task CallAsync<T>(Func<T, Task> function, T arg, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<R> CallAsync<T, R>(Func<T, Task<R>> function, T arg, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T>(Func<T, ValueTask> function, T arg, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<T, R>(Func<T, ValueTask<R>> function, T arg, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T1, T2>(Action<T1, T2> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<T1, T2, R>(Func<T1, T2, R> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task CallAsync<T1, T2>(Func<T1, T2, Task> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<R> CallAsync<T1, T2, R>(Func<T1, T2, Task<R>> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T1, T2>(Func<T1, T2, ValueTask> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<T1, T2, R>(Func<T1, T2, ValueTask<R>> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T1, T2, T3>(Action<T1, T2, T3> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task CallAsync<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<R> CallAsync<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T1, T2, T3>(Func<T1, T2, T3, ValueTask> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<T1, T2, T3, R>(Func<T1, T2, T3, ValueTask<R>> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task CallAsync<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<R> CallAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, Task<R>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task CallAsync<T1, T2, T3, T4>(Func<T1, T2, T3, T4, ValueTask> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.SendAsync((Codec<Nothing>?)null, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public Task<R> CallAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, ValueTask<R>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.SendAsync(Codec<R>.Declared, cancellationToken);
    }
}
