namespace Brood.Pool.Mapping;

/// <summary>Where a map's items come from: a sequence of either kind.</summary>
internal readonly struct ChunkSource<T>(IEnumerable<T>? items, IAsyncEnumerable<T>? asyncItems)
{
    public IChunkSource<T> Open(CancellationToken token) => items is not null
        ? new SyncChunkSource<T>(items.GetEnumerator()) : new AsyncChunkSource<T>(asyncItems!.GetAsyncEnumerator(token));
}

/// <summary>One enumeration of a source.</summary>
internal interface IChunkSource<T> : IAsyncDisposable
{
    T Current { get; }

    /// <summary>Whether a chunk should not wait for further items: they take longer than sending what there is.</summary>
    bool IsSlow { get; }

    ValueTask<bool> MoveNextAsync();
}

internal sealed class SyncChunkSource<T>(IEnumerator<T> items) : IChunkSource<T>
{
    /// <summary>An item that takes longer than this is sent without the next.</summary>
    private static readonly long s_slowTicks = System.Diagnostics.Stopwatch.Frequency / 2000;

    /// <summary>While items come fast, only one of so many is timed: looking at the clock costs more than a small item.</summary>
    private const int FastStride = 16;

    private int _untilLook;
    private long _lastLook = System.Diagnostics.Stopwatch.GetTimestamp();

    public T Current => items.Current;

    public bool IsSlow { get; private set; }

    public ValueTask<bool> MoveNextAsync() => new(MoveNext());

    public bool MoveNext()
    {
        bool more = items.MoveNext();
        if (--_untilLook <= 0)
        {
            long now = System.Diagnostics.Stopwatch.GetTimestamp();
            IsSlow = now - _lastLook > s_slowTicks;
            _untilLook = IsSlow ? 1 : FastStride;
            _lastLook = now;
        }
        return more;
    }

    public ValueTask DisposeAsync()
    {
        items.Dispose();
        return default;
    }
}

internal sealed class AsyncChunkSource<T>(IAsyncEnumerator<T> items) : IChunkSource<T>
{
    public T Current => items.Current;

    public bool IsSlow => false;

    public ValueTask<bool> MoveNextAsync() => items.MoveNextAsync();

    public ValueTask DisposeAsync() => items.DisposeAsync();
}
