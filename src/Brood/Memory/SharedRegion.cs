using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Memory;

/// <summary>A piece of memory mapped into this process. It owns the mapping and checks every offset.</summary>
/// <remarks>
/// <see cref="Dispose"/> unmaps. Whoever holds spans or cells of the region must have stopped using them by then; each
/// owner of a region says how it makes sure of that.
/// </remarks>
internal sealed unsafe class SharedRegion : IDisposable
{
    private readonly Action<nint, long>? _unmap;
    private byte* _start;
    private int _disposed;

    /// <param name="start">The first byte. Aligned to a page by the system, or to 64 by <see cref="Allocate"/>.</param>
    /// <param name="unmap">Called once with the same two numbers.</param>
    public SharedRegion(nint start, long length, Action<nint, long>? unmap)
    {
        _start = (byte*)start;
        Length = length;
        _unmap = unmap;
    }

    public long Length { get; }

    /// <summary>Memory of this process alone, for tests and models of two actors in one process.</summary>
    public static SharedRegion Allocate(long length)
    {
        // SAFETY: the block is as long as the region says, zeroed, and freed once by Dispose.
        void* block = NativeMemory.AlignedAlloc((nuint)length, RecordLayout.Alignment);
        NativeMemory.Clear(block, (nuint)length);
        return new SharedRegion((nint)block, length, static (start, _) =>
            NativeMemory.AlignedFree((void*)start));
    }

    public Span<byte> Slice(long offset, int count)
    {
        Check(offset, count);
        // SAFETY: checked against the mapping above.
        return new Span<byte>(_start + offset, count);
    }

    /// <summary>An aligned word. Both processes touch it; use it through <see cref="RegionMemory"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int Word32(long offset)
    {
        Check(offset, sizeof(int));
        // SAFETY: checked against the mapping above; offsets are multiples of 4 by the layout classes.
        return ref Unsafe.AsRef<int>(_start + offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref long Word64(long offset)
    {
        Check(offset, sizeof(long));
        // SAFETY: checked against the mapping above; offsets are multiples of 8 by the layout classes.
        return ref Unsafe.AsRef<long>(_start + offset);
    }

    /// <summary>The elements from <paramref name="start"/> on, of a region that holds nothing but a <typeparamref name="T"/> array.</summary>
    public Span<T> Elements<T>(long start, int count) where T : unmanaged
    {
        // An index beyond the bytes is beyond the elements, and must not come around by multiplying.
        Check(start > Length ? Length : start * Unsafe.SizeOf<T>(), start > Length ? 1 : (long)count * Unsafe.SizeOf<T>());
        // SAFETY: checked against the mapping above; the start of a region is aligned for every T.
        return new Span<T>(_start + (start * Unsafe.SizeOf<T>()), count);
    }

    /// <summary>For system calls that take an address.</summary>
    public void WithAddress(Action<nint, long> use)
    {
        Check(0, Length);
        use((nint)_start, Length);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            nint start = (nint)_start;
            _start = null;
            _unmap?.Invoke(start, Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Check(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Length - count || _start == null)
        {
            ThrowOutside(offset, count);
        }
    }

    private void ThrowOutside(long offset, long count)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        throw new ArgumentOutOfRangeException(nameof(offset), $"offset={offset}, count={count}, region={Length}");
    }
}
