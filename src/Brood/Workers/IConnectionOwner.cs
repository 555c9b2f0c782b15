namespace Brood.Workers;

/// <summary>What the owner of a connection hears. From the threads of the channel: must not block.</summary>
internal interface IConnectionOwner
{
    /// <summary>Whether calls are repeated for <see cref="CallOptions.Retries"/>.</summary>
    bool RepeatsCalls => true;

    /// <summary>A call that was sent on the connection has ended; there may be room again.</summary>
    void OnRoom(IWorkerLink worker, PendingCall ended);

    /// <summary>Calls that had been sent and not started are the owner's again, in their order. There may be none.</summary>
    void OnTakenBack(IWorkerLink worker, IReadOnlyList<PendingCall> calls);

    /// <summary>The worker is gone, and this call had started on it. Followed by <see cref="OnExited"/>.</summary>
    void OnCrashed(IWorkerLink worker, PendingCall call, WorkerExit exit);

    /// <summary>The worker is gone. The calls had been sent to it and had not started.</summary>
    void OnExited(IWorkerLink worker, WorkerExit exit, IReadOnlyList<PendingCall> notStarted);
}
