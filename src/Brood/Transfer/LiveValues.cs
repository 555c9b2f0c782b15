using Brood.Memory;

namespace Brood.Transfer;

/// <summary>The sending side of arguments that stay connected to where they came from.</summary>
/// <remarks>
/// A codec that meets such a value registers it here and writes the id. Implemented by the host for the arguments of
/// one call; registering must not start anything, because the payload may still be refused.
/// </remarks>
internal abstract class LiveSender
{
    /// <returns>The id to write; 0 stands for a token that can never be cancelled.</returns>
    public abstract int Add(CancellationToken token);

    public abstract int Add<T>(IProgress<T> progress);

    public abstract int Add<T>(IAsyncEnumerable<T> source);

    /// <summary>Shared memory that the other side is to map.</summary>
    public abstract void AddShared(SharedBlock block);
}

/// <summary>The receiving side: turns the ids back into values that are connected.</summary>
internal abstract class LiveReceiver
{
    public abstract CancellationToken GetToken(int id);

    public abstract IProgress<T> GetProgress<T>(int id);

    public abstract IAsyncEnumerable<T> GetAsyncEnumerable<T>(int id);

    /// <summary>The shared memory with this id, already mapped here.</summary>
    /// <remarks>The caller is one more user of it.</remarks>
    public abstract SharedBlock GetShared(long sharedId);
}
