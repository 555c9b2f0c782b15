using Brood.Transfer;
using Brood.Workers;

namespace Brood;

/// <summary>What a <see cref="Worker"/> and a <see cref="WorkerPool"/> have in common: functions are called on them.</summary>
/// <remarks>
/// A function is any static method, local function or lambda, of any assembly that this program has loaded from a file;
/// instance methods, too, where the instance can cross. Arguments and captured variables are copied while the call is made.
/// All members are safe to use from any thread.
/// </remarks>
public abstract partial class Callable
{
    private protected Callable() { }

    internal abstract CallOptions Options { get; }

    /// <summary>The same workers, other call options.</summary>
    /// <param name="options">All of them: what it does not set has its default, not what <see cref="WorkerPoolOptions.Call"/> says.</param>
    /// <returns>A view: it need not be disposed, and it ends with the original.</returns>
    public Callable With(CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new View(Original, options);
    }

    /// <summary>Whoever has the workers.</summary>
    private protected virtual Callable Original => this;

    /// <summary>Gives the call to a worker, or queues it; then waits in this thread for its answer, as far as it may and can.</summary>
    internal abstract void Dispatch(PendingCall call, TransferWriter writer, WaitInline wait);

    /// <summary>The same for a call that has its own copy of everything.</summary>
    internal abstract void DispatchKept(PendingCall call);

    /// <summary>Stops the call when the token says so, or its time has passed.</summary>
    internal abstract void Watch(PendingCall call, CancellationToken cancellationToken);

    /// <summary>Takes the call back if it has not started; else stops its work.</summary>
    internal abstract void Stop(PendingCall call, StopCause cause);

    private sealed class View(Callable original, CallOptions options) : Callable
    {
        internal override CallOptions Options => options;

        private protected override Callable Original => original;

        internal override void Dispatch(PendingCall call, TransferWriter writer, WaitInline wait) => original.Dispatch(call, writer, wait);

        internal override void DispatchKept(PendingCall call) => original.DispatchKept(call);

        internal override void Watch(PendingCall call, CancellationToken cancellationToken) => original.Watch(call, cancellationToken);

        internal override void Stop(PendingCall call, StopCause cause) => original.Stop(call, cause);
    }
}
