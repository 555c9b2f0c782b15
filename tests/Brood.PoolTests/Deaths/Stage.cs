using Brood.Memory;
using Brood.Platform;
using Brood.Workers;

namespace Brood.Pool.Deaths;

/// <summary>The one worker that is to die, alone or in a pool.</summary>
internal sealed class Stage(Callable workers, int processId) : IDisposable
{
    private readonly SharedRegion _region = MemoryOf(processId);

    public Callable Workers => workers;

    public int ProcessId => processId;

    /// <summary>What the worker was doing at the end, as it wrote it down itself.</summary>
    public WorkerPhase LastPhase => new WorkerStatus(_region).Phase;

    /// <summary>How far the worker says that it has read its calls.</summary>
    public long CallHeadPosition => Volatile.Read(ref _region.Word64(RegionLayout.ControlsOffset + RingControlLayout.HeadPositionOffset));

    /// <summary>Waits until the worker has set a trap.</summary>
    public void AwaitTrap() => SpinWait.SpinUntil(() => File.ReadLines($"/proc/{processId}/maps").Any(static line =>
        line.Contains("memfd:brood", StringComparison.Ordinal) && !line.Contains(" rw-s ", StringComparison.Ordinal)));

    /// <summary>Waits until the worker has served all that it got, and must be woken for more.</summary>
    public void AwaitAsleep() => SpinWait.SpinUntil(() =>
        Volatile.Read(ref _region.Word32(RegionLayout.ControlsOffset + RingControlLayout.ConsumerWaitingOffset)) != 0);

    public void AwaitEnd() => SpinWait.SpinUntil(() => !Leftovers.IsAlive(processId));

    public Task<int> StopSendAndKill()
    {
        Native.Kill(processId, Native.SIGSTOP);
        Task<int> call = workers.CallAsync(Victims.ReturnAnswer);
        Native.Kill(processId, Native.SIGKILL);
        return call;
    }

    public async Task<int> JoinAsync()
    {
        await (workers is WorkerPool pool ? pool.JoinAsync() : ((Worker)workers).JoinAsync());
        return Victims.Answer;
    }

    public void Dispose() => _region.Dispose();

    /// <summary>A view that outlives both the worker and the host's own.</summary>
    private static SharedRegion MemoryOf(int processId)
    {
        using var file = File.OpenHandle($"/proc/{processId}/fd/{LinuxWorkerFds.Region}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        return LinuxMemoryFile.Map((int)file.DangerousGetHandle(), 0, RegionLayout.FixedBytes);
    }
}
