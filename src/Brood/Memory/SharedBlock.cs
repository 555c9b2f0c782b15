using System.Buffers;
using System.Runtime.CompilerServices;

namespace Brood.Memory;

/// <summary>Memory that several processes map. It is gone when the last of them has unmapped it or is dead.</summary>
/// <remarks>One per process and block, however many arrays refer to it; the last to let go unmaps it here.</remarks>
internal sealed class SharedBlock
{
    private static readonly Dictionary<long, SharedBlock> s_byId = []; // Guarded by itself, like the counts.

    private readonly IDisposable _handle;
    private int _users = 1;

    private SharedBlock(long id, int descriptor, IDisposable handle, SharedRegion region)
    {
        Id = id;
        Descriptor = descriptor;
        _handle = handle;
        Region = region;
    }

    /// <summary>The same in every process.</summary>
    public long Id { get; }

    /// <summary>What is handed to another process for it to map the block.</summary>
    public int Descriptor { get; }

    public SharedRegion Region { get; }

    public static SharedBlock Register(long id, int descriptor, IDisposable handle, SharedRegion region)
    {
        var block = new SharedBlock(id, descriptor, handle, region);
        lock (s_byId)
        {
            s_byId.Add(id, block);
        }
        return block;
    }

    /// <summary>The block, if this process has it mapped; the caller is one more user.</summary>
    public static SharedBlock? TryUse(long id)
    {
        lock (s_byId)
        {
            if (s_byId.TryGetValue(id, out SharedBlock? block))
            {
                block._users++;
            }
            return block;
        }
    }

    public void Release()
    {
        lock (s_byId)
        {
            if (--_users > 0)
            {
                return;
            }
            s_byId.Remove(Id);
        }
        Region.Dispose();
        _handle.Dispose();
    }
}

/// <summary>A view of shared memory for APIs that want a <see cref="Memory{T}"/>.</summary>
internal sealed unsafe class SharedMemoryManager<T>(SharedRegion region, int length) : MemoryManager<T> where T : unmanaged
{
    public override Span<T> GetSpan() => region.Elements<T>(0, length);

    public override MemoryHandle Pin(int elementIndex = 0) =>
        // SAFETY: mapped memory does not move; Elements checks the index.
        new(Unsafe.AsPointer(ref region.Elements<T>(elementIndex, length - elementIndex).GetPinnableReference()));

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
