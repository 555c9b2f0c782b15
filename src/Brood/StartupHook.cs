using Brood.Workers.Launch;
using Brood.Workers.Serving;

/// <summary>Where a worker begins that `dotnet exec` cannot start: the runtime calls this before Main, in every process that names
/// Brood as a start-up hook.</summary>
/// <remarks>The name and the missing namespace are the runtime's convention.</remarks>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (WorkerEnvironment.Mark == WorkerEnvironment.BeginsInHook)
        {
            // Never returns: Main is not reached in a worker.
            WorkerMain.Run(entryAssemblyName: null);
        }
    }
}
