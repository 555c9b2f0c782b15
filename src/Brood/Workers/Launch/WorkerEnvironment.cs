using System.Collections;
using System.Text;
using Brood.Platform;

namespace Brood.Workers.Launch;

/// <summary>
/// The environment variables of a worker. Those that are meant for this one process are put back as they were, before
/// the worker runs any function, from <see cref="RestoreVariable"/>: the worker's own children see what the host's would.
/// </summary>
internal static class WorkerEnvironment
{
    /// <summary>The simple assembly name by which the runtime finds the start-up hook in the program itself.</summary>
    public const string HookName = "Brood";

    public const string HookVariable = "DOTNET_STARTUP_HOOKS";

    /// <summary>Marks a process as a worker until it serves; the value says how it begins.</summary>
    public const string MarkerVariable = "BROOD_WORKER";

    /// <summary>The worker begins in the start-up hook, before the program's Main.</summary>
    public const string BeginsInHook = "hook";

    /// <summary>The worker begins in a Main of Brood's own.</summary>
    public const string BeginsInMain = "main";

    /// <summary>Entries <c>length:NAME=value</c>, or <c>length:NAME</c> for a variable that was not set. Without those of
    /// <see cref="OwnVariables"/> that were not set, so that it is mostly empty.</summary>
    public const string RestoreVariable = "BROOD_RESTORE";

    // One collector and no background thread a worker: N workers of a server must not have N × processors heaps.
    // No diagnostic socket and no debugger pipes: anybody of the same user could connect to them, and of a worker that
    // is killed they stay in the temporary folder. Who wants to trace or debug a worker sets them to 1 for it.
    private static readonly string[] s_turnedOff =
    [
        "DOTNET_gcServer", "DOTNET_gcConcurrent", "DOTNET_TieredPGO", "DOTNET_EnableDiagnostics_IPC", "DOTNET_EnableDiagnostics_Debugger",
        "DOTNET_LTTng",
    ];

    /// <summary>What is set for each worker, and removed there before anything is put back.</summary>
    public static readonly string[] OwnVariables = [MarkerVariable, RestoreVariable, .. s_turnedOff];

    // Each would suspend the worker, fight with the host for a port, overwrite the host's trace file, or load the
    // host's profiler (coverage) into a process that it does not expect. Who wants one sets it for the worker.
    private static readonly string[] s_notInherited =
    [
        "DOTNET_DiagnosticPorts", "COMPlus_DiagnosticPorts",
        "DOTNET_DefaultDiagnosticPortSuspend", "COMPlus_DefaultDiagnosticPortSuspend",
        "DOTNET_EnableEventPipe", "COMPlus_EnableEventPipe",
        "CORECLR_ENABLE_PROFILING", "CORECLR_ENABLE_NOTIFICATION_PROFILERS", "COR_ENABLE_PROFILING",
    ];

    // Written once, before any other thread of Brood exists.
    private static string? s_beginning;

    /// <value>Whether this process was started as a worker, and has not restored its environment yet.</value>
    public static bool IsMarked => Mark is not null;

    /// <value>How this process is to begin, if it was started as a worker and has not restored its environment yet.</value>
    public static string? Mark => System.Environment.GetEnvironmentVariable(MarkerVariable);

    /// <value>How this process began, if it is a worker; else null.</value>
    public static string? Beginning => s_beginning;

    public static IReadOnlyDictionary<string, string> OfThisProcess()
    {
        var variables = new Dictionary<string, string>(NativeEnvironment.NameComparer);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }

    /// <summary>
    /// All changes to the host's environment, null to remove. What the caller chose wins over Brood's settings, and
    /// stays for the worker's children; of the start-up hooks, the others' come first and Brood's last.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> Changes(
        string? hook,
        IReadOnlyDictionary<string, string?>? chosen,
        IReadOnlyDictionary<string, string> inherited)
    {
        var changes = new Dictionary<string, string?>(NativeEnvironment.NameComparer);
        foreach (var name in s_turnedOff) changes[name] = "0";
        foreach (var name in s_notInherited)
            if (inherited.ContainsKey(name)) changes[name] = null;

        var restore = new StringBuilder();
        if (chosen is not null)
            foreach (var (name, value) in chosen) changes[name] = value;
        foreach (var name in changes.Keys)
        {
            var isOwn = Array.IndexOf(s_turnedOff, name) >= 0;
            // What the caller chose stays.
            var later = chosen?.ContainsKey(name) == true ? changes[name] : inherited.GetValueOrDefault(name);
            if (isOwn ? later is not null : chosen?.ContainsKey(name) != true) AppendRestore(restore, name, later);
        }

        if (hook is not null)
        {
            if (chosen is null || !chosen.TryGetValue(HookVariable, out var others))
                others = inherited.GetValueOrDefault(HookVariable);
            AppendRestore(restore, HookVariable, others);
            changes[HookVariable] = string.IsNullOrEmpty(others) ? hook : $"{others}{Path.PathSeparator}{hook}";
        }

        changes[MarkerVariable] = hook is null ? BeginsInMain : BeginsInHook;
        changes[RestoreVariable] = restore.ToString();
        return changes;
    }

    /// <summary>
    /// Puts back, for managed and native code, what was changed for this process alone. In a worker, before it has
    /// other threads or runs code that is not Brood's.
    /// </summary>
    public static void RestoreForChildren()
    {
        s_beginning = Mark;
        var restore = System.Environment.GetEnvironmentVariable(RestoreVariable) ?? "";
        foreach (var name in OwnVariables) NativeEnvironment.Set(name, null);

        for (var at = 0; at < restore.Length;)
        {
            // int.Parse would cost two milliseconds in a fresh process.
            var length = 0;
            for (; at < restore.Length && char.IsAsciiDigit(restore[at]); at++) length = length * 10 + (restore[at] - '0');
            if (length == 0 || length > restore.Length - ++at) break;
            var entry = restore.Substring(at, length);
            at += length;
            var equals = entry.IndexOf('=');
            if (equals < 0) NativeEnvironment.Set(entry, null);
            else NativeEnvironment.Set(entry[..equals], entry[(equals + 1)..]);
        }
    }

    private static void AppendRestore(StringBuilder restore, string name, string? value)
    {
        var entry = value is null ? name : $"{name}={value}";
        // Not a format, nor int.Parse on the other side: the first that knows of cultures loads the system's library of
        // them, which takes longer than all the rest of starting a process.
        restore.Append(entry.Length.ToString()).Append(':').Append(entry);
    }
}
