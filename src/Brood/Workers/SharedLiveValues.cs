using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>In the host, for results: shared memory may come back; nothing else stays connected to a call that has ended.</summary>
internal sealed class ReceivedShared(WorkerProcess process) : LiveReceiver
{
    public override SharedBlock GetShared(long sharedId) => process.TakeShared(sharedId);

    public override CancellationToken GetToken(int id) => id == 0 ? CancellationToken.None : throw Unexpected();

    public override IProgress<T> GetProgress<T>(int id) => throw Unexpected();

    public override IAsyncEnumerable<T> GetAsyncEnumerable<T>(int id) => throw Unexpected();

    private static TransferException Unexpected() => new("The bytes are damaged: a result holds something that is connected.");
}

/// <summary>In the worker, for results.</summary>
internal sealed class SentShared(WorkerEndpoint endpoint) : LiveSender
{
    public override void AddShared(SharedBlock block)
    {
        if (!endpoint.TrySendShared(block))
        {
            throw new TransferException("The host has not taken the shared memory that was sent before. Return fewer shared arrays at a time.");
        }
    }

    public override int Add(CancellationToken token) => throw Unexpected("token");

    public override int Add<T>(IProgress<T> progress) => throw Unexpected("progress");

    public override int Add<T>(IAsyncEnumerable<T> source) => throw Unexpected(
        "sequence that is made while it is read");

    private static TransferException Unexpected(string what) =>
        new($"The result holds a {what} that cannot be connected to a call that has ended. Return data instead; a function that streams is called through "
        + $"{nameof(Callable.StreamAsync)}.");
}
