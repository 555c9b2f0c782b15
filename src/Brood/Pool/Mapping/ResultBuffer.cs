namespace Brood.Pool.Mapping;

/// <summary>Results on their way to the reader, in the order in which it is to get them. Guarded by the map's lock.</summary>
internal sealed class ResultBuffer<R>(bool ordered)
{
    private readonly Queue<MapResult<R>> _ready = new();
    private Entry[] _waiting = new Entry[64]; // By index, modulo its length; only if ordered.
    private long _next; // The index of the next result in order.

    private struct Entry
    {
        public bool IsFilled;
        public MapResult<R> Result;
    }

    public int ReadyCount => _ready.Count;

    public void Add(in MapResult<R> result)
    {
        if (!ordered || result.Index == _next)
        {
            _ready.Enqueue(result);
            if (ordered)
            {
                _next++;
                MoveReady();
            }
            return;
        }
        while (result.Index - _next >= _waiting.Length)
        {
            Grow();
        }
        _waiting[result.Index & (_waiting.Length - 1)] = new Entry { IsFilled = true, Result = result };
    }

    /// <summary>Hands over what is ready.</summary>
    public void TakeReady(List<MapResult<R>> target)
    {
        while (_ready.TryDequeue(out MapResult<R> result))
        {
            target.Add(result);
        }
    }

    private void MoveReady()
    {
        while (true)
        {
            ref Entry entry = ref _waiting[_next & (_waiting.Length - 1)];
            if (!entry.IsFilled)
            {
                return;
            }
            _ready.Enqueue(entry.Result);
            entry = default;
            _next++;
        }
    }

    private void Grow()
    {
        var larger = new Entry[_waiting.Length * 2];
        foreach (Entry entry in _waiting)
        {
            if (entry.IsFilled)
            {
                larger[entry.Result.Index & (larger.Length - 1)] = entry;
            }
        }
        _waiting = larger;
    }
}
