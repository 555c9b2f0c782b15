using System.Runtime.CompilerServices;
using Brood.Calls;
using Brood.Transfer;
using Brood.Workers;

namespace Brood;

// The same shapes for a thread that waits.
public abstract partial class Callable
{
    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call(Action function)
    {
        var call = new CallEncoder(this, function);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<R>(Func<R> function)
    {
        var call = new CallEncoder(this, function);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public void Call(Func<Task> function)
    {
        var call = new CallEncoder(this, function);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public R Call<R>(Func<Task<R>> function)
    {
        var call = new CallEncoder(this, function);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call(Func<ValueTask> function)
    {
        var call = new CallEncoder(this, function);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<R>(Func<ValueTask<R>> function)
    {
        var call = new CallEncoder(this, function);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T>(Action<T> function, T arg)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        call.Send((Codec<Nothing>?)null);
    }

    /// <summary>Calls a function in a worker process and waits for it in this thread. The fastest way to make one call after another.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="arg">Copied before anything is sent.</param>
    /// <returns>The result.</returns>
    /// <remarks>Fails as <see cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/> does, in this thread. It is stopped by
    /// <see cref="CallOptions.Timeout"/> only.</remarks>
    public R Call<T, R>(Func<T, R> function, T arg)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public void Call<T>(Func<T, Task> function, T arg)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public R Call<T, R>(Func<T, Task<R>> function, T arg)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T>(Func<T, ValueTask> function, T arg)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<T, R>(Func<T, ValueTask<R>> function, T arg)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T1, T2>(Action<T1, T2> function, T1 arg1, T2 arg2)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<T1, T2, R>(Func<T1, T2, R> function, T1 arg1, T2 arg2)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public void Call<T1, T2>(Func<T1, T2, Task> function, T1 arg1, T2 arg2)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public R Call<T1, T2, R>(Func<T1, T2, Task<R>> function, T1 arg1, T2 arg2)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T1, T2>(Func<T1, T2, ValueTask> function, T1 arg1, T2 arg2)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<T1, T2, R>(Func<T1, T2, ValueTask<R>> function, T1 arg1, T2 arg2)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T1, T2, T3>(Action<T1, T2, T3> function, T1 arg1, T2 arg2, T3 arg3)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 arg1, T2 arg2, T3 arg3)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public void Call<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 arg1, T2 arg2, T3 arg3)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public R Call<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 arg1, T2 arg2, T3 arg3)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T1, T2, T3>(Func<T1, T2, T3, ValueTask> function, T1 arg1, T2 arg2, T3 arg3)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<T1, T2, T3, R>(Func<T1, T2, T3, ValueTask<R>> function, T1 arg1, T2 arg2, T3 arg3)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public void Call<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    [OverloadResolutionPriority(1)]
    public R Call<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, Task<R>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.Send(Codec<R>.Declared);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public void Call<T1, T2, T3, T4>(Func<T1, T2, T3, T4, ValueTask> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        call.Send((Codec<Nothing>?)null);
    }

    /// <inheritdoc cref="Call{T, R}(Func{T, R}, T)"/>
    public R Call<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, ValueTask<R>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.Send(Codec<R>.Declared);
    }
}
