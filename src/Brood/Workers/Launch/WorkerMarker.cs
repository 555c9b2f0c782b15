using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Brood.Workers.Launch;

/// <summary>
/// Stops a process that was started as a worker and found itself in Main: it must do nothing of what Main does, least
/// of all start workers of its own.
/// </summary>
internal static class WorkerMarker
{
    /// <summary>The exit code of a child whose start-up hook did not run.</summary>
    public const int MainReachedExitCode = 113;

    /// <summary>
    /// Ends this process if it is a worker whose hook did not run; otherwise does nothing. To be called where only a
    /// host can be: a worker removes its mark before it runs any function.
    /// </summary>
    public static void ExitIfMarked()
    {
        if (!WorkerEnvironment.IsMarked) return;
        Console.Error.WriteLine(Message(System.Environment.ProcessPath));
        System.Environment.Exit(MainReachedExitCode);
    }

    /// <summary>
    /// At the first touch of Brood, with the marker still set: either the hook is just about to run, or it never will,
    /// because the switch is off or because the variable that names the hook was lost on the way.
    /// </summary>
    public static bool MainWasReached(bool hooksAreOff, string? startupHooks)
    {
        if (hooksAreOff || startupHooks is null) return true;
        foreach (var entry in startupHooks.Split(Path.PathSeparator))
            if (entry == WorkerEnvironment.HookName || Path.GetFileName(entry) == WorkerEnvironment.HookName + ".dll")
                return false;
        return true;
    }

    public static string Message(string? program) =>
        $"""
        Brood: '{program}' was started as a worker, but its start-up hook did not run and Main was reached. It ends here.
        Turn start-up hooks on in the program:
            <StartupHookSupport>true</StartupHookSupport>      in a <PropertyGroup> of the project file, or
            #:property StartupHookSupport=true                 at the top of a file-based app.
        """;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The earliest moment at which the program touches Brood.")]
    internal static void OnFirstTouch()
    {
        if (WorkerEnvironment.Mark != WorkerEnvironment.BeginsInHook) return;
        var hooksAreOff = AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var isOn) && !isOn;
        if (MainWasReached(hooksAreOff, AppContext.GetData("STARTUP_HOOKS") as string)) ExitIfMarked();
    }
}
