namespace Brood.Bench.Peers;

/// <summary>One way to call functions in other processes from .NET, as the scenarios need it.</summary>
/// <remarks>
/// Each scenario runs in a process of its own: one peer, one <see cref="StartAsync"/>. What a peer has no way to do
/// throws <see cref="CannotException"/> with the reason.
/// </remarks>
internal abstract class DotNetPeer : IAsyncDisposable
{
    /// <summary>Starts what the following calls need. Workers may be started later, by the first call.</summary>
    public abstract Task StartAsync(int workers);

    /// <summary>So many calls are enough to measure by, where each is slow.</summary>
    public virtual int EnoughCalls => int.MaxValue;

    /// <summary>The processes that serve, for figures and for a kill. All of them run when this returns.</summary>
    public abstract Task<int[]> GetWorkerIdsAsync();

    /// <summary><see cref="Work.Increment"/> in a worker.</summary>
    public abstract Task<int> CallAsync(int value);

    /// <summary>Whether <see cref="Call"/> is a path of its own: then "call" takes it, "call-async" awaits.</summary>
    public virtual bool HasBlockingCall => false;

    /// <summary><see cref="Work.Increment"/> in a worker, the thread waiting for it.</summary>
    public virtual int Call(int value) => throw new CannotException("no blocking call");

    /// <summary><see cref="Work.Increment"/> of 0 to <paramref name="count"/> - 1, all begun at once.</summary>
    /// <returns>The sum of the results.</returns>
    public virtual async Task<long> CallManyAsync(int count)
    {
        Task<int>[] calls = new Task<int>[count];
        for (int i = 0; i < count; i++)
        {
            calls[i] = CallAsync(i);
        }
        long sum = 0;
        foreach (int result in await Task.WhenAll(calls))
        {
            sum += result;
        }
        return sum;
    }

    /// <summary><see cref="Work.Increment"/> of 0 to <paramref name="count"/> - 1, cut up as suits the peer.</summary>
    /// <returns>The sum of the results, each read by itself.</returns>
    public abstract Task<long> MapAsync(int count);

    /// <summary><see cref="Work.Echo"/> in a worker.</summary>
    public abstract Task<byte[]> EchoAsync(byte[] data);

    /// <summary><see cref="Work.Piece"/> in a worker.</summary>
    public abstract Task<uint> PieceAsync(uint state);

    /// <summary><see cref="Work.Hang"/> in a worker. Fails when the worker dies.</summary>
    /// <param name="kill">Ends the call by killing its worker at once; the peer serves again after that.</param>
    public abstract Task HangAsync(CancellationToken kill);

    /// <summary>Allocates shared memory; what it returns passes it to a worker that reads one byte.</summary>
    public virtual Task<Func<int>> ShareAsync(long lengthBytes) => throw new CannotException("no shared memory");

    public abstract ValueTask DisposeAsync();
}

/// <summary>The peer has no way to do what the scenario asks for.</summary>
internal sealed class CannotException(string reason) : Exception(reason);
