namespace Brood.Bench.Peers;

/// <summary>Brood, as its README says: a pool, and for one worker the worker itself.</summary>
internal sealed class BroodPeer : DotNetPeer
{
    private WorkerPool? _pool;
    private Task<Worker>? _worker;

    public override bool HasBlockingCall => true;

    private Callable Target => _worker is not null ? _worker.Result : _pool!;

    /// <remarks>Not async: this program would be compiled between Brood and the clock.</remarks>
    public override Task StartAsync(int workers)
    {
        if (workers == 1)
        {
            // "One warm worker": the scenarios that kill it start a pool, see HangAsync.
            return _worker = Worker.StartAsync();
        }
        _pool = new WorkerPool(workers);
        return _pool.WarmUpAsync();
    }

    public override Task<int[]> GetWorkerIdsAsync() => Task.FromResult<int[]>(_pool is null
        ? [_worker!.Result.ProcessId]
        : [.. _pool.GetStatistics().Workers.Where(worker => worker.State != "Spare").Select(worker => worker.ProcessId)]);

    public override int Call(int value) => Target.Call(Work.Increment, value);

    public override Task<int> CallAsync(int value) => Target.CallAsync(Work.Increment, value);

    public override async Task<long> MapAsync(int count)
    {
        long sum = 0;
        await foreach (int result in _pool!.MapAsync(Work.Increment, Enumerable.Range(0, count)))
        {
            sum += result;
        }
        return sum;
    }

    public override Task<byte[]> EchoAsync(byte[] data) => Target.CallAsync(Work.Echo, data);

    public override Task<uint> PieceAsync(uint state) => Target.CallAsync(Work.Piece, state);

    public override async Task HangAsync(CancellationToken kill)
    {
        if (_pool is null)
        {
            // Something must serve after the kill: a pool of one, with a spare that takes over.
            _pool = new WorkerPool(new WorkerPoolOptions { Workers = 1, SpareWorkers = 1 });
            await _pool.WarmUpAsync();
            await (await _worker!).DisposeAsync();
            _worker = null;
        }
        await _pool.CallAsync(Work.Hang, 1, kill);
    }

    public override Task<Func<int>> ShareAsync(long lengthBytes)
    {
        var array = new SharedArray<byte>(lengthBytes);
        return Task.FromResult<Func<int>>(() => Target.Call(FirstOf, array));
    }

    public override async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await (await _worker).DisposeAsync();
        }
        if (_pool is not null)
        {
            await _pool.DisposeAsync();
        }
    }

    private static int FirstOf(SharedArray<byte> array)
    {
        using (array)
        {
            return array[0];
        }
    }
}
