using Brood.Calls;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>Goes through a call once, while there is nothing else to do: what the first use of code costs is paid before the first call.</summary>
/// <remarks>
/// Loading, binding and compiling take the first call of a process longer than ten thousand later ones. The host plays its
/// side while its first worker starts, a worker its own when it has been started and no call comes, as a spare does. Nobody
/// waits for it, and its failure would be the first call's.
/// </remarks>
internal static class Rehearsal
{
    private static int s_isHostReady; // Interlocked.

    /// <summary>The host's side, on a thread of the pool. Only the first time, and only where there is a processor for it.</summary>
    public static void BeginInHost()
    {
        if (Environment.ProcessorCount > 1 && Interlocked.Exchange(ref s_isHostReady, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => new Stage().CallAsync(Echo, 0), null);
        }
    }

    private static int Echo(int value) => value;

    /// <summary>The worker's side, on the thread that serves.</summary>
    public static void PlayWorker()
    {
        using var writer = new Written();
        try
        {
            var definition = new TransferReader(Function.Of((Func<int, int>)Echo).Definition.Span, null, null, TypePolicy.TrustHost);
            Invoker invoker = Invoker.Read(ref definition);
            writer.Writer.WriteUnmanaged(0);
            var arguments = new TransferReader(writer.Writer.Inline, null, null, TypePolicy.TrustHost);
            invoker.Run(ref arguments, writer);
        }
        catch (Exception)
        {
            // The first call fails in the same way, and somebody hears of that.
        }
    }

    /// <summary>Answers each call with a zero.</summary>
    private sealed class Stage : Callable
    {
        internal override CallOptions Options => CallOptions.Default;

        internal override void Dispatch(PendingCall call, TransferWriter writer, WaitInline wait)
        {
            Span<byte> zero = stackalloc byte[sizeof(int)];
            zero.Clear();
            var reader = new TransferReader(zero, null, null, TypePolicy.Default);
            call.OnResult(ref reader);
        }

        internal override void DispatchKept(PendingCall call) { }

        internal override void Watch(PendingCall call, CancellationToken cancellationToken) { }

        internal override void Stop(PendingCall call, StopCause cause) { }
    }

    /// <summary>A served call whose result goes nowhere.</summary>
    private sealed class Written : ServedCall, IDisposable
    {
        public override TransferWriter Writer { get; } = TransferWriter.Rent();

        public override CancellationToken StreamAbandoned => default;

        public override void Started() { }

        public override void ItemBegins() { }

        public override void SendItem() { }

        public override void SendItemFailed(Exception error) { }

        public override void Wait(Task task) { }

        public void Dispose() => Writer.Return();
    }
}
