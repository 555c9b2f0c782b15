using System.Runtime.InteropServices;

namespace Brood.Ending;

/// <summary>The figure is the worker's own: the kernel's for a reaped child begins with what the host had at the spawn.</summary>
[Collection(nameof(Alone))]
public sealed class PeakMemoryTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const int HostMiB = 700;

    private static readonly WorkerOptions s_quiet = new() { Output = WorkerOutput.Discard };

    private readonly nint _inHost = Touch(HostMiB);

    public void Dispose() => Marshal.FreeHGlobal(_inHost);

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_joined_worker_says_what_it_had_and_not_what_its_host_has()
    {
        Worker worker = await Worker.StartAsync(s_quiet);
        await worker.CallAsync(static mib => Marshal.FreeHGlobal(Touch(mib)), 200);
        // Who is started by the worker does not count, however large.
        await worker.CallAsync(static () => System.Diagnostics.Process.Start("sh", ["-c", "head -c 400000000 /dev/zero | tail -c 1 > /dev/null; true"]).WaitForExit());
        WorkerExit exit = await worker.JoinAsync();
        Assert.InRange(exit.PeakMemoryBytes, 200 * MiB, 200 * MiB + (150 * MiB));
        await worker.DisposeAsync();
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_killed_worker_is_asked_before()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        await worker.CallAsync(static mib => Marshal.FreeHGlobal(Touch(mib)), 200);
        WorkerExit exit = await worker.KillAsync();
        Assert.InRange(exit.PeakMemoryBytes, 200 * MiB, 350 * MiB);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_worker_that_ends_itself_says_it_too()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(static () => Environment.Exit(1)));
        Assert.InRange(crash.Exit.PeakMemoryBytes, MiB, HostMiB / 2 * MiB);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Nothing_is_made_up_where_nobody_knows()
    {
        await using Worker worker = await Worker.StartAsync(s_quiet);
        ProcessFacts.Kill(worker.ProcessId, 9);
        WorkerExit exit = await worker.Exited;
        Assert.Equal(0, exit.PeakMemoryBytes);
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(() => { }));
        Assert.DoesNotContain("resident", crash.Message);
    }

    private static nint Touch(int mib)
    {
        nint memory = Marshal.AllocHGlobal((nint)(mib * MiB));
        for (long offset = 0; offset < mib * MiB; offset += 4096)
        {
            Marshal.WriteByte(memory, (int)offset, 1);
        }
        return memory;
    }
}
