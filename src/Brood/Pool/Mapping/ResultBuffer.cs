namespace Brood.Pool.Mapping;

/// <summary>Results of neighbouring items that came together; or the failure of one item.</summary>
internal readonly record struct ResultRun<R>(long FirstIndex, R[] Values, int Count, Exception? Error);

/// <summary>Results on their way to the reader, in the order in which it is to get them. Guarded by the map's lock.</summary>
internal sealed class ResultBuffer<R>(bool ordered)
{
    private readonly Queue<ResultRun<R>> _ready = new();
    private readonly Dictionary<long, ResultRun<R>> _waiting = []; // By first index; only if ordered.
    private long _next; // The index of the next result in order.

    public bool HasReady => _ready.Count > 0;

    public void Add(in ResultRun<R> run)
    {
        if (!ordered)
        {
            _ready.Enqueue(run);
            return;
        }
        if (run.FirstIndex != _next)
        {
            _waiting.Add(run.FirstIndex, run);
            return;
        }
        ResultRun<R> next = run;
        do
        {
            _ready.Enqueue(next);
            _next += next.Count;
        }
        while (_waiting.Remove(_next, out next));
    }

    public bool TryTake(out ResultRun<R> run) => _ready.TryDequeue(out run);
}
