namespace Brood;

/// <summary>An array in memory that the host and its workers see at once.</summary>
/// <typeparam name="T">A type without references.</typeparam>
public sealed class SharedArray<T> : IDisposable where T : unmanaged
{
    /// <summary>Allocates the array, filled with zeros.</summary>
    public SharedArray(long length) => throw new NotImplementedException(length.ToString());

    /// <inheritdoc/>
    public void Dispose() { }
}
