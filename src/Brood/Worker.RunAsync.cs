using System.Runtime.CompilerServices;

namespace Brood;

// One process for one call, in every shape of a function.
public sealed partial class Worker
{
    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync(Action function, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<R>(Func<R> function, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task RunAsync(Func<Task> function, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task<R> RunAsync<R>(Func<Task<R>> function, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync(Func<ValueTask> function, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<R>(Func<ValueTask<R>> function, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T>(Action<T> function, T arg, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg, cancellationToken), cancellationToken);

    /// <summary>Starts a worker process, calls a function in it, and joins it.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="arg">Copied before this method returns.</param>
    /// <param name="cancellationToken">Ends the start, or stops the call.</param>
    /// <returns>The result, when the process has ended.</returns>
    /// <exception cref="WorkerStartException">The worker could not be started. The function has not run.</exception>
    /// <remarks>Fails otherwise as <see cref="Callable.CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/> does.</remarks>
    public static Task<R> RunAsync<T, R>(Func<T, R> function, T arg, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task RunAsync<T>(Func<T, Task> function, T arg, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task<R> RunAsync<T, R>(Func<T, Task<R>> function, T arg, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T>(Func<T, ValueTask> function, T arg, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<T, R>(Func<T, ValueTask<R>> function, T arg, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T1, T2>(Action<T1, T2> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<T1, T2, R>(Func<T1, T2, R> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task RunAsync<T1, T2>(Func<T1, T2, Task> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task<R> RunAsync<T1, T2, R>(Func<T1, T2, Task<R>> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T1, T2>(Func<T1, T2, ValueTask> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<T1, T2, R>(Func<T1, T2, ValueTask<R>> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T1, T2, T3>(Action<T1, T2, T3> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task RunAsync<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task<R> RunAsync<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T1, T2, T3>(Func<T1, T2, T3, ValueTask> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<T1, T2, T3, R>(Func<T1, T2, T3, ValueTask<R>> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, arg4, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, arg4, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task RunAsync<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, arg4, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task<R> RunAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, Task<R>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, arg4, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task RunAsync<T1, T2, T3, T4>(Func<T1, T2, T3, T4, ValueTask> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, arg4, cancellationToken), cancellationToken);

    /// <inheritdoc cref="RunAsync{T, R}(Func{T, R}, T, CancellationToken)"/>
    public static Task<R> RunAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, ValueTask<R>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default) =>
        RunOnceAsync(worker => worker.CallAsync(function, arg1, arg2, arg3, arg4, cancellationToken), cancellationToken);

    private static async Task RunOnceAsync(Func<Worker, Task> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var worker = new Worker(WorkerOptions.Default);
        // The call lies in the worker's ring before the worker has started: it is the first thing that it finds.
        Task result = call(worker);
        try
        {
            await worker._connection.WaitUntilServingAsync(worker, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The start failed, and the call with it; the start says why.
            await Task.WhenAny(result).ConfigureAwait(false);
            throw;
        }
        await result.ConfigureAwait(false);
    }

    private static async Task<R> RunOnceAsync<R>(Func<Worker, Task<R>> call, CancellationToken cancellationToken)
    {
        Task<R> result = null!;
        await RunOnceAsync((Func<Worker, Task>)(worker => result = call(worker)), cancellationToken).ConfigureAwait(false);
        return await result.ConfigureAwait(false);
    }
}
