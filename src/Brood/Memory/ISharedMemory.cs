namespace Brood.Memory;

/// <summary>All that the rings do to memory which another process sees. The order is in the name of each operation.</summary>
/// <remarks>
/// The rings are generic over a struct that implements this: in production <see cref="RegionMemory"/>, which the JIT
/// reduces to the machine's own loads and stores; in model tests a memory that hands over to another actor before every
/// access. It cannot show hardware reordering, only every order of the accesses.
/// </remarks>
internal interface ISharedMemory
{
    int ReadAcquire32(long offset);

    void WriteRelease32(long offset, int value);

    /// <summary>A full fence: nothing moves across it in either direction.</summary>
    int Exchange32(long offset, int value);

    int Increment32(long offset);

    bool CompareExchange32(long offset, int from, int to);

    long ReadAcquire64(long offset);

    void WriteRelease64(long offset, long value);

    /// <summary>A full fence between what is before and what is after.</summary>
    void Fence();

    /// <summary>Bytes that belong to one side at this moment; the words above say to which.</summary>
    Span<byte> Slice(long offset, int count);

    /// <summary>Sleeps while the word holds <paramref name="expected"/>, until woken with a common bit in the mask.</summary>
    /// <param name="timeoutMilliseconds">-1: no limit.</param>
    /// <returns>Whether all of the time has passed.</returns>
    bool Park(long offset, int expected, int mask, int timeoutMilliseconds);

    void Unpark(long offset, int mask);
}
