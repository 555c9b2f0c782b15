namespace Brood.Platform;

/// <summary>Sleeping on a word of shared memory, and waking whoever sleeps there, across processes.</summary>
internal abstract class Parking : IDisposable
{
    /// <summary>Sleeps while the word holds <paramref name="expected"/>; may return for no reason.</summary>
    /// <param name="timeoutMilliseconds">-1: no limit.</param>
    /// <returns>Whether all of the time has passed.</returns>
    public abstract bool Park(ref int word, int expected, int mask, int timeoutMilliseconds);

    public abstract void Unpark(ref int word, int mask);

    public virtual void Dispose() { }
}
