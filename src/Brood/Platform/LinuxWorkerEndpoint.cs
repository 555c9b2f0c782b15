using Brood.Memory;

namespace Brood.Platform;

/// <summary>The descriptors that <see cref="LinuxWorkerProcess"/> puts into a child, under fixed numbers.</summary>
internal static class LinuxWorkerFds
{
    public const int Region = 3;
    public const int Life = 4;
    public const int Handles = 5;
}

/// <summary>A child's view on Linux.</summary>
internal sealed class LinuxWorkerEndpoint : WorkerEndpoint
{
    /// <summary>After so much shared memory that the host has freed and arrays here still hold, the collector looks at them.</summary>
    private const long MaxLingeringBytes = 64 << 20;

    /// <summary>The same for their number: each has a descriptor.</summary>
    private const int MaxLingeringBlocks = 64;

    private readonly Dictionary<long, SharedBlock> _borrowed = []; // Guarded by itself.
    private int _lingeringBlocks; // Touched by the thread that serves only, like the next.
    private long _lingeringBytes;

    public LinuxWorkerEndpoint()
    {
        if (UnixNative.GetProcessGroup() != Environment.ProcessId)
        {
            throw new InvalidOperationException(
                "This process was told to be a Brood worker, but no host started it: the variable BROOD_WORKER was set by hand. Unset it.");
        }
        // What this worker starts inherits none of them.
        UnixNative.Fcntl(LinuxWorkerFds.Region, UnixNative.F_SETFD, UnixNative.FD_CLOEXEC);
        UnixNative.Fcntl(LinuxWorkerFds.Life, UnixNative.F_SETFD, UnixNative.FD_CLOEXEC);
        UnixNative.Fcntl(LinuxWorkerFds.Handles, UnixNative.F_SETFD, UnixNative.FD_CLOEXEC);
    }

    private readonly LinuxHandleSocket _handles = new(LinuxWorkerFds.Handles, int.MaxValue); // The host says which it needs no more.

    public override bool TrySendShared(SharedBlock block) => _handles.TrySend(block);

    public override SharedBlock TakeShared(long id)
    {
        lock (_borrowed)
        {
            if (_borrowed.TryGetValue(id, out SharedBlock? block))
            {
                block.Use();
                return block;
            }
            block = _handles.Take(id);
            block.Use();
            _borrowed.Add(id, block);
            return block;
        }
    }

    public override void ForgetShared(long id)
    {
        SharedBlock? block;
        lock (_borrowed)
        {
            _borrowed.Remove(id, out block);
        }
        _handles.Drop(id);
        if (block?.Release() != false)
        {
            return;
        }
        // Arrays that no function disposed keep it: most likely garbage, which the collector does not see the size of.
        _lingeringBlocks++;
        _lingeringBytes += block.Region.Length;
        if (_lingeringBlocks >= MaxLingeringBlocks || _lingeringBytes >= MaxLingeringBytes)
        {
            _lingeringBlocks = 0;
            _lingeringBytes = 0;
            GC.Collect();
        }
    }

    public override long PeakMemoryBytes => LinuxProcessTable.PeakBytes(Environment.ProcessId);

    public override Parking Parking => LinuxParking.Instance;

    public override SharedRegion Map(long offset, long length) => LinuxMemoryFile.Map(LinuxWorkerFds.Region, offset, length);

    public override void Discard(SharedRegion region) => LinuxMemoryFile.Discard(region);

    /// <remarks>
    /// The host holds the only write end of the life pipe and never writes. When the host ends, in whatever way, the
    /// kernel closes it and signals the pipe's reader: with O_ASYNC, F_SETSIG and a negative F_SETOWN that signal is a
    /// SIGKILL for the whole process group, the worker and what it started. No thread takes part, so nothing that a
    /// function does can prevent it. Where a kernel refuses, a thread waits for the end of the pipe instead.
    /// </remarks>
    public override void FollowHost()
    {
        int flags = UnixNative.Fcntl(LinuxWorkerFds.Life, UnixNative.F_GETFL, 0);
        bool armed = UnixNative.Fcntl(LinuxWorkerFds.Life, LinuxNative.F_SETOWN, -UnixNative.GetProcessGroup()) == 0
            && UnixNative.Fcntl(LinuxWorkerFds.Life, LinuxNative.F_SETSIG, UnixNative.SIGKILL) == 0
            && UnixNative.Fcntl(LinuxWorkerFds.Life, UnixNative.F_SETFL, flags | LinuxNative.O_ASYNC) == 0;
        // The host may have ended before the signal was armed.
        var life = new UnixNative.PollFd { Fd = LinuxWorkerFds.Life, Events = UnixNative.POLLIN };
        if (UnixNative.Poll(ref life, 1, 0) != 0)
        {
            KillGroup();
        }
        if (!armed)
        {
            new Thread(WaitForHost, maxStackSize: 64 * 1024) { IsBackground = true, Name = "Brood life" }.Start();
        }
    }

    public override void EndDescendants()
    {
        if (UnixNative.WaitPid(-1, out _, UnixNative.WNOHANG) < 0)
        {
            // No children at all, as in most workers: that is known without /proc.
            return;
        }
        foreach (int descendant in LinuxProcessTable.DescendantsOf(Environment.ProcessId))
        {
            UnixNative.Kill(descendant, UnixNative.SIGKILL);
        }
    }

    private static void WaitForHost()
    {
        var life = new UnixNative.PollFd { Fd = LinuxWorkerFds.Life, Events = UnixNative.POLLIN };
        while (UnixNative.Poll(ref life, 1, -1) <= 0)
        {
        }
        KillGroup();
    }

    // A worker leads a group of its own. Whoever does not was not started by a host: it must not take others along.
    private static void KillGroup() => UnixNative.Kill(
        UnixNative.GetProcessGroup() == Environment.ProcessId ? 0 : Environment.ProcessId, UnixNative.SIGKILL);
}
