using Brood.Workers;

namespace Brood;

// The same shapes for functions that stream.
public abstract partial class Callable
{
    /// <inheritdoc cref="StreamAsync{T, R}(Func{T, IAsyncEnumerable{R}}, T, CancellationToken)"/>
    public IAsyncEnumerable<R> StreamAsync<R>(Func<IAsyncEnumerable<R>> function, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        return call.ToStream<R>(cancellationToken);
    }

    /// <summary>Calls a function that streams: items arrive while it runs.</summary>
    /// <param name="function">An async iterator, usually.</param>
    /// <param name="arg">Copied before this method returns.</param>
    /// <param name="cancellationToken">Stops the work, as leaving the enumeration does.</param>
    /// <returns>The items, in order. The function starts with the enumeration and runs at most a window of 64 items ahead of its
    /// reader. Each enumeration is a call of its own.</returns>
    /// <remarks>The enumeration fails as <see cref="CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/> does; items that came before are delivered before.
    /// What cannot cross is refused when the enumeration begins.</remarks>
    /// <exception cref="InvalidOperationException">From the enumeration: it is the second, and the function took a token, a progress, a
    /// sequence or a <see cref="SharedArray{T}"/>. The function has not run again.</exception>
    public IAsyncEnumerable<R> StreamAsync<T, R>(Func<T, IAsyncEnumerable<R>> function, T arg, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg);
        return call.ToStream<R>(cancellationToken);
    }

    /// <inheritdoc cref="StreamAsync{T, R}(Func{T, IAsyncEnumerable{R}}, T, CancellationToken)"/>
    public IAsyncEnumerable<R> StreamAsync<T1, T2, R>(Func<T1, T2, IAsyncEnumerable<R>> function, T1 arg1, T2 arg2, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        return call.ToStream<R>(cancellationToken);
    }

    /// <inheritdoc cref="StreamAsync{T, R}(Func{T, IAsyncEnumerable{R}}, T, CancellationToken)"/>
    public IAsyncEnumerable<R> StreamAsync<T1, T2, T3, R>(Func<T1, T2, T3, IAsyncEnumerable<R>> function, T1 arg1, T2 arg2, T3 arg3, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        return call.ToStream<R>(cancellationToken);
    }

    /// <inheritdoc cref="StreamAsync{T, R}(Func{T, IAsyncEnumerable{R}}, T, CancellationToken)"/>
    public IAsyncEnumerable<R> StreamAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, IAsyncEnumerable<R>> function, T1 arg1, T2 arg2, T3 arg3, T4 arg4, CancellationToken cancellationToken = default)
    {
        var call = new CallEncoder(this, function);
        call.Add(arg1);
        call.Add(arg2);
        call.Add(arg3);
        call.Add(arg4);
        return call.ToStream<R>(cancellationToken);
    }
}
