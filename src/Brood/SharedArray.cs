using System.Runtime.CompilerServices;
using Brood.Memory;
using Brood.Platform;

namespace Brood;

/// <summary>An array in memory that the host and its workers see at once. It crosses as a handle, never as a copy.</summary>
/// <typeparam name="T">A type without references.</typeparam>
/// <remarks>
/// Pass it to a function as an argument, capture it, or return it. What one process writes the others see; nothing orders
/// their accesses but the calls themselves: what was written before a call is seen by its function, what the function wrote
/// is seen after the call. The memory has no name, so nothing can be left behind; it is freed when the last process that has
/// it has disposed it or is dead. A function need not dispose an array that it was given: its worker lets go of it when the
/// host has, unless the function keeps the array, which it may. An array that a function made is the function's to dispose,
/// unless it is returned. Spans and memories of it must not be used after <see cref="Dispose"/>.
/// </remarks>
public sealed class SharedArray<T> : IDisposable where T : unmanaged
{
    private SharedBlock? _block;
    private readonly long _pressureBytes; // What the collector was told about: memory that this object allocated.

    /// <summary>Allocates the array, filled with zeros.</summary>
    /// <param name="length">In elements, from 1 up. May exceed <see cref="int.MaxValue"/>.</param>
    /// <exception cref="OutOfMemoryException">There is not that much memory for this process.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is less than 1.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public SharedArray(long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        // More than any machine has, and no overflow: allocating says how much there is.
        long bytes = length > long.MaxValue / Unsafe.SizeOf<T>() ? long.MaxValue : length * Unsafe.SizeOf<T>();
        _block = SharedMemory.Allocate(bytes);
        GC.AddMemoryPressure(bytes);
        _pressureBytes = bytes;
    }

    internal SharedArray(SharedBlock block, long length)
    {
        _block = block;
        Length = length;
    }

    /// <summary>Frees this process's share, if it was not disposed.</summary>
    ~SharedArray() => Release();

    /// <summary>The number of elements, also after <see cref="Dispose"/>.</summary>
    public long Length { get; }

    /// <summary>All elements. Keep the array reachable while the span is in use: <c>using</c> does.</summary>
    /// <exception cref="InvalidOperationException">There are more than a span can hold; use <see cref="Slice"/>.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> Span => Block.Region.Elements<T>(0, CheckedLength());

    /// <summary>All elements, for methods that want a <see cref="Memory{T}"/>.</summary>
    /// <exception cref="InvalidOperationException">There are more than a memory can hold; use <see cref="Slice"/>.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Memory<T> Memory => new SharedMemoryManager<T>(this, Block.Region, CheckedLength()).Memory;

    /// <summary>One element.</summary>
    /// <param name="index">From 0 up to <see cref="Length"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public ref T this[long index] => ref Block.Region.Elements<T>(index, 1)[0];

    /// <summary>Some of the elements, of an array of any length.</summary>
    /// <param name="start">The index of the first, from 0 up to <see cref="Length"/>.</param>
    /// <param name="length">How many, from 0 up.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the array.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> Slice(long start, int length) => Block.Region.Elements<T>(start, length);

    /// <summary>Frees this process's share. The memory itself goes with its last user. Harmless to repeat.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    internal SharedBlock Block => Volatile.Read(ref _block) ?? throw new ObjectDisposedException(nameof(SharedArray<T>));

    private int CheckedLength() => Length <= int.MaxValue ? (int)Length : throw new InvalidOperationException(
        $"The array has {Length:N0} elements, more than one span can hold. Use {nameof(Slice)}.");

    private void Release()
    {
        if (Interlocked.Exchange(ref _block, null) is not { } block)
        {
            return;
        }
        block.Release();
        if (_pressureBytes > 0)
        {
            GC.RemoveMemoryPressure(_pressureBytes);
        }
    }
}
