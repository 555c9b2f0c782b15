namespace Brood.Pool.Mapping;

/// <summary>What a map returns: each enumeration is a run of its own.</summary>
/// <param name="open">Makes an enumerator; disposing it disposes what it is given.</param>
internal sealed class MapSequence<TItem>(
    Func<CancellationToken, IDisposable?, IAsyncEnumerator<TItem>> open, CancellationToken token) : IAsyncEnumerable<TItem>
{
    public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == token)
        {
            return open(token, null);
        }
        if (!token.CanBeCanceled)
        {
            return open(cancellationToken, null);
        }
        var both = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
        return open(both.Token, both);
    }
}

/// <summary>Hands out the results of one run of a map, one by one. The run begins with the first look.</summary>
/// <remarks>
/// Written out instead of with <c>yield</c>: an async method for each item costs a small item about as much as its way to
/// the worker and back. Only waiting for results is one. Used by one thread at a time.
/// </remarks>
internal abstract class MapEnumerator<T, R, TItem>(Func<MapRun<T, R>> begin, CancellationToken token, IDisposable? owned) : IAsyncEnumerator<TItem>
{
    private MapRun<T, R>? _map;
    private ResultRun<R> _results;
    private int _index;
    private int _handOutUntil; // Up to here results are handed out without saying so.
    private int _reported; // How many of these results the map knows to be handed out.
    private bool _ended;

    public TItem Current => ItemOf(_results, _index);

    public ValueTask<bool> MoveNextAsync()
    {
        int next = _index + 1;
        if (next < _handOutUntil && !token.IsCancellationRequested)
        {
            _index = next;
            return new ValueTask<bool>(true);
        }
        return MoveOnAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_map is not null)
        {
            await _map.DisposeAsync().ConfigureAwait(false);
        }
        owned?.Dispose();
    }

    /// <summary>One of the results that came together.</summary>
    protected abstract TItem ItemOf(in ResultRun<R> results, int index);

    /// <summary>Before the first of them is handed out. What it throws ends the enumeration.</summary>
    protected abstract void Check(in ResultRun<R> results);

    private ValueTask<bool> MoveOnAsync()
    {
        try
        {
            token.ThrowIfCancellationRequested();
            if (_ended)
            {
                return new ValueTask<bool>(false);
            }
            if (_map is null)
            {
                _map = begin();
                _map.Start();
            }
            if (_index + 1 < _results.Count)
            {
                _index++;
                Report(_map, _index + 1);
                return new ValueTask<bool>(true);
            }
            Report(_map, _results.Count);
            return TryTake(_map) ? new ValueTask<bool>(true) : WaitAsync(_map);
        }
        catch (Exception e)
        {
            _ended = true;
            return ValueTask.FromException<bool>(e);
        }
    }

    private async ValueTask<bool> WaitAsync(MapRun<T, R> map)
    {
        while (await map.WaitAsync(token).ConfigureAwait(false))
        {
            if (TryTake(map))
            {
                return true;
            }
        }
        _ended = true;
        return false;
    }

    private bool TryTake(MapRun<T, R> map)
    {
        if (!map.TryTake(out ResultRun<R> results))
        {
            return false;
        }
        Check(results);
        _results = results;
        _index = 0;
        _reported = map.ReportStride == int.MaxValue ? results.Count : 1;
        _handOutUntil = Math.Min(results.Count, map.ReportStride);
        return true;
    }

    /// <summary>So many of the present results have been handed out, or are now.</summary>
    private void Report(MapRun<T, R> map, int handedOut)
    {
        if (handedOut > _reported)
        {
            map.HandedOut(handedOut - _reported);
            _reported = handedOut;
        }
        _handOutUntil = (int)Math.Min(_results.Count, (long)handedOut - 1 + map.ReportStride);
    }
}

/// <summary>The values; the first failure ends the enumeration.</summary>
internal sealed class MapValues<T, R>(Func<MapRun<T, R>> begin, CancellationToken token, IDisposable? owned)
    : MapEnumerator<T, R, R>(begin, token, owned)
{
    protected override R ItemOf(in ResultRun<R> results, int index) => results.Values[index];

    protected override void Check(in ResultRun<R> results)
    {
        if (results.Error is { } error)
        {
            ItemFailure.Throw(error, results.FirstIndex);
        }
    }
}

/// <summary>Values and failures.</summary>
internal sealed class MapOutcomes<T, R>(Func<MapRun<T, R>> begin, CancellationToken token, IDisposable? owned)
    : MapEnumerator<T, R, MapResult<R>>(begin, token, owned)
{
    protected override MapResult<R> ItemOf(in ResultRun<R> results, int index) =>
        new(results.FirstIndex + index, results.Values[index], results.Error);

    protected override void Check(in ResultRun<R> results) { }
}
