using Brood.Workers;

namespace Brood.Pool;

/// <summary>The calls that wait for a worker: higher priority first, then in the order in which they were made.</summary>
/// <remarks>
/// A call that ends while it waits stays as a husk until it comes to the head; the count is that of the others.
/// Guarded by the scheduler's lock.
/// </remarks>
internal sealed class CallQueue
{
    /// <summary>So many husks cost less than removing them.</summary>
    private const int HusksKept = 64;

    private readonly PriorityQueue<PendingCall, (int Priority, long Order)> _calls = new();

    /// <summary>Calls that wait and have not ended.</summary>
    public int Count { get; private set; }

    /// <summary>How many invocations of functions they are.</summary>
    public long Invocations { get; private set; }

    public void Enqueue(PendingCall call)
    {
        call.IsQueued = true;
        _calls.Enqueue(call, (-call.Options.Priority, call.Order));
        Count++;
        Invocations += call.Invocations;
    }

    /// <summary>The next call; it stays.</summary>
    public bool TryPeek(out PendingCall call)
    {
        while (_calls.TryPeek(out call!, out _))
        {
            if (call.IsQueued && !call.IsEnded)
            {
                return true;
            }
            Dequeue();
        }
        return false;
    }

    public void Dequeue()
    {
        PendingCall call = _calls.Dequeue();
        if (call.IsQueued)
        {
            LeaveCount(call);
        }
    }

    /// <summary>Takes a call out of the count. Its husk is skipped later.</summary>
    /// <returns>False: it does not wait here.</returns>
    public bool Remove(PendingCall call)
    {
        if (!call.IsQueued)
        {
            return false;
        }
        LeaveCount(call);
        if (_calls.Count > (2 * Count) + HusksKept)
        {
            Compact();
        }
        return true;
    }

    private void LeaveCount(PendingCall call)
    {
        call.IsQueued = false;
        Count--;
        Invocations -= call.Invocations;
    }

    /// <summary>Behind a call that stays, husks would gather without end.</summary>
    private void Compact()
    {
        (PendingCall, (int, long))[] waiting = [.. _calls.UnorderedItems.Where(static item => item.Element.IsQueued)];
        _calls.Clear();
        _calls.EnqueueRange(waiting);
    }

    public List<PendingCall> TakeAll()
    {
        var all = new List<PendingCall>(Count);
        while (TryPeek(out PendingCall call))
        {
            Dequeue();
            all.Add(call);
        }
        return all;
    }
}
