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

    /// <summary>Shared memory that the other side is to map. Registered by its process-wide id.</summary>
    public abstract void AddShared(long sharedId);
}

/// <summary>The receiving side: turns the ids back into values that are connected.</summary>
internal abstract class LiveReceiver
{
    public abstract CancellationToken GetToken(int id);

    public abstract IProgress<T> GetProgress<T>(int id);

    public abstract IAsyncEnumerable<T> GetAsyncEnumerable<T>(int id);

    /// <summary>The shared memory with this id, already mapped here.</summary>
    public abstract object GetShared(long sharedId);
}
