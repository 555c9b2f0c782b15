using System.Reflection;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;
using Brood.Workers.Launch;

namespace Brood.Workers.Serving;

/// <summary>A worker from its first moment to its last.</summary>
internal static class WorkerMain
{
    /// <summary>EX_SOFTWARE of sysexits.h: the worker could not begin to serve.</summary>
    private const int StartFailedExitCode = 70;

    /// <param name="entryAssemblyName">The program's own assembly, where this process was not started as it; else null.</param>
    public static void Run(string? entryAssemblyName)
    {
        WorkerEndpoint endpoint = WorkerEndpoint.Open();
        endpoint.FollowHost();
        SharedRegion region = endpoint.Map(0, RegionLayout.FixedBytes);
        var status = new WorkerStatus(region);
        LeaveNotesOnTheWayOut(endpoint, status);
        if (RegionIdentity.Check(region) is { } objection)
        {
            status.LeaveNote(ExitNote.StartFailed, objection);
            Environment.Exit(StartFailedExitCode);
        }
        var channel = new WorkerChannel(new RegionMemory(region, endpoint.Parking), endpoint.Map, endpoint.Discard);
        // Before this side is ready for it: the first call is on its way meanwhile, and waits in the ring.
        channel.Results.Send(new FrameHeader(FrameKind.Ready, FrameFlags.None, 0, 0), [], []);
        WorkerEnvironment.RestoreForChildren();
        if (entryAssemblyName is not null)
        {
            // Functions ask for it: for the program's name, its resources, its attributes.
            Assembly.SetEntryAssembly(Assembly.Load(new AssemblyName { Name = entryAssemblyName }));
        }
        new ServeLoop(channel, endpoint, status).Run();
        status.LeaveNote(ExitNote.Joined, "");
        status.Enter(WorkerPhase.Exiting);
        // After what functions left to be done on the way out, which may need what they started.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => endpoint.EndDescendants();
        Environment.Exit(0);
    }

    private static void LeaveNotesOnTheWayOut(WorkerEndpoint endpoint, WorkerStatus status)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            status.LeaveNote(ExitNote.UnhandledException, e.ExceptionObject.ToString() ?? "");
            status.PeakMemoryBytes = endpoint.PeakMemoryBytes;
        };
        // Environment.Exit after a join comes here, too.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            status.LeaveNote(ExitNote.ProcessExit, "");
            status.PeakMemoryBytes = endpoint.PeakMemoryBytes;
        };
    }
}
