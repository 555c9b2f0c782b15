using System.Buffers;
using System.Runtime.CompilerServices;

namespace Brood.Memory;

/// <summary>Who has handed a block to another process, and tells that process when the block is gone here.</summary>
internal interface ISharedLender
{
    void OnGone(SharedBlock block);
}

/// <summary>Memory that several processes map. It is gone when the last of them has unmapped it or is dead.</summary>
/// <remarks>One per process and block, however many arrays refer to it; the last to let go unmaps it here.</remarks>
internal sealed class SharedBlock
{
    private static readonly Dictionary<long, SharedBlock> s_byId = []; // Guarded by itself, like the counts.

    private readonly IDisposable _handle;
    private int _users = 1;
    private HashSet<ISharedLender>? _lenders;

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

    /// <returns>The block; if this process has one of this id, that one, and what was given is let go.</returns>
    public static SharedBlock Register(long id, int descriptor, IDisposable handle, SharedRegion region)
    {
        SharedBlock? block;
        lock (s_byId)
        {
            if (!s_byId.TryGetValue(id, out block))
            {
                block = new SharedBlock(id, descriptor, handle, region);
                s_byId.Add(id, block);
                return block;
            }
            block._users++;
        }
        region.Dispose();
        handle.Dispose();
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

    /// <summary>The caller is one more user.</summary>
    /// <exception cref="ObjectDisposedException">The last user has let go already.</exception>
    public void Use()
    {
        lock (s_byId)
        {
            if (_users == 0)
            {
                throw new ObjectDisposedException(null, "The shared array has been disposed.");
            }
            _users++;
        }
    }

    /// <summary>The caller, a user, has handed the block to another process.</summary>
    public void LentBy(ISharedLender lender)
    {
        lock (s_byId)
        {
            (_lenders ??= []).Add(lender);
        }
    }

    /// <summary>The other process is gone.</summary>
    public void NoLongerLentBy(ISharedLender lender)
    {
        lock (s_byId)
        {
            _lenders?.Remove(lender);
        }
    }

    /// <returns>Whether that was the last user in this process.</returns>
    public bool Release()
    {
        ISharedLender[] lenders;
        lock (s_byId)
        {
            if (--_users > 0)
            {
                return false;
            }
            s_byId.Remove(Id);
            lenders = _lenders is null ? [] : [.. _lenders];
        }
        Region.Dispose();
        _handle.Dispose();
        foreach (ISharedLender lender in lenders)
        {
            lender.OnGone(this);
        }
        return true;
    }
}

/// <summary>A view of shared memory for APIs that want a <see cref="Memory{T}"/>.</summary>
/// <param name="owner">Kept reachable with the view: its finalizer lets go of the region.</param>
internal sealed unsafe class SharedMemoryManager<T>(object owner, SharedRegion region, int length) : MemoryManager<T> where T : unmanaged
{
    private readonly object _owner = owner;

    public override Span<T> GetSpan() => region.Elements<T>(0, length);

    public override MemoryHandle Pin(int elementIndex = 0) =>
        // SAFETY: mapped memory does not move; Elements checks the index.
        new(Unsafe.AsPointer(ref region.Elements<T>(elementIndex, length - elementIndex).GetPinnableReference()));

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
