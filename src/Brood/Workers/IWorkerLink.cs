using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>A worker, as those see it who give it calls. <see cref="WorkerConnection"/> is one; scheduler tests have another.</summary>
internal interface IWorkerLink : ICallLink
{
    int ProcessId { get; }

    /// <summary>Calls that are on the worker, started or not.</summary>
    int InFlightCount { get; }

    /// <summary>Memory of the worker's own, in bytes.</summary>
    long MemoryBytes { get; }

    Task<WorkerExit> Exited { get; }

    /// <summary>The process is gone. True before its owner hears of it.</summary>
    bool IsGone { get; }

    /// <inheritdoc cref="WorkerConnection.TrySend(PendingCall, ReadOnlySpan{byte}, ReadOnlySpan{Block})"/>
    bool TrySend(PendingCall call, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks);

    /// <inheritdoc cref="WorkerConnection.TryStage(PendingCall)"/>
    StagedCall? TryStage(PendingCall call);

    /// <inheritdoc cref="WorkerConnection.TrySend(PendingCall, StagedCall)"/>
    bool TrySend(PendingCall call, StagedCall staged);

    /// <summary>Instead of sending it.</summary>
    void Discard(StagedCall staged);

    /// <summary>Tells the worker of a function before it is called: finding it takes longer than a call.</summary>
    void Define(Function function);

    /// <inheritdoc cref="HostReceiver.TryBeginWait"/>
    bool TryBeginWait();

    /// <inheritdoc cref="HostReceiver.Wait"/>
    void Wait(PendingCall call, bool maySleep);

    /// <inheritdoc cref="HostReceiver.EndWait"/>
    void EndWait();

    bool TryTakeBack(PendingCall call);

    List<PendingCall> TakeBack();

    void AcceptCalls();

    /// <summary>The call that has started, if any.</summary>
    PendingCall? Running { get; }

    /// <summary>The record that the worker would have to take next, or to pass because it has answered it.</summary>
    /// <value>-1: there is none, or the worker is busy with one.</value>
    long UntakenPosition { get; }

    /// <summary>Whether the worker has come to where it looks for calls.</summary>
    bool IsSetUp { get; }

    void Join(ExitReason reason);

    /// <inheritdoc cref="WorkerConnection.Kill"/>
    void Kill(ExitReason reason, string? facts = null);

    Exception CrashOf(PendingCall call, WorkerExit exit, bool started);
}

/// <summary>What a call that is on a worker may ask of it.</summary>
internal interface ICallLink
{
    /// <summary>Whether the call is on this worker now.</summary>
    bool Has(PendingCall call);

    void SendControl(FrameKind kind, int liveId, PendingCall call, TransferWriter? writer = null);

    void SendCredit(PendingCall call, int items);

    void StopRunning(PendingCall call);
}
