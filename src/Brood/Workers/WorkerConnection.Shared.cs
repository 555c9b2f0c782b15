using Brood.Channel;
using Brood.Memory;

namespace Brood.Workers;

/// <summary>Shared memory that the worker has from this host: handed over once, taken back when it is gone here.</summary>
internal sealed partial class WorkerConnection
{
    private readonly HashSet<SharedBlock> _lent = []; // Guarded by _gate.
    private readonly Queue<SharedBlock?> _gone = []; // Guarded by _gate. What the worker has not been told: there was no room.

    /// <summary>Hands over what a call that is about to be sent refers to. The call is a user of it until it has ended.</summary>
    private bool TryLendNeedsLock(HostLiveArguments? live)
    {
        for (int i = 0; i < live?.Shared.Count; i++)
        {
            SharedBlock block = live.Shared[i];
            if (_lent.Contains(block))
            {
                continue;
            }
            if (!_process.TrySendShared(block))
            {
                // Full of what calls that were taken back had sent ahead: any such frame makes the worker look.
                _gone.Enqueue(null);
                TellGoneNeedsLock();
                return false;
            }
            _lent.Add(block);
            block.LentBy(this);
        }
        return true;
    }

    void ISharedLender.OnGone(SharedBlock block)
    {
        lock (_gate)
        {
            if (_lent.Remove(block) && !_closed)
            {
                _gone.Enqueue(block);
                TellGoneNeedsLock();
            }
        }
    }

    private void TellGoneNeedsLock()
    {
        if (_gone.Count == 0)
        {
            return;
        }
        while (_gone.TryPeek(out SharedBlock? block)
            && TryWriteNeedsLock(new FrameHeader(FrameKind.Forget, FrameFlags.None, 0, block?.Id ?? 0), [], RoomForExit) >= 0)
        {
            _gone.Dequeue();
        }
        _calls.WakeConsumer();
    }

    private void EndLendingNeedsLock()
    {
        foreach (SharedBlock block in _lent)
        {
            block.NoLongerLentBy(this);
        }
        _lent.Clear();
        _gone.Clear();
    }
}
