namespace Brood;

/// <summary>Keeps what a worker reports, and lets a test wait for the first report.</summary>
internal sealed class Reports<T> : IProgress<T>
{
    private readonly List<T> _items = []; // Guarded by itself.
    private readonly TaskCompletionSource<T> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_items)
            {
                return [.. _items];
            }
        }
    }

    public Task<T> FirstAsync() => _first.Task.WaitAsync(Watchdog.Time);

    public void Report(T value)
    {
        lock (_items)
        {
            _items.Add(value);
        }
        _first.TrySetResult(value);
    }
}
