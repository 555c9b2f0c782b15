using System.Text;
using Brood.Platform;

namespace Brood.Workers;

/// <summary>The words of a failed start.</summary>
internal static class StartMessages
{
    public static string NotStarted(ProcessStart start, Exception error) =>
        $"No worker could be started: {error.Message}."
        + (start.WorkingDirectory is null ? "" : $" Check that the folder exists: {nameof(WorkerOptions)}.{nameof(WorkerOptions.WorkingDirectory)} = '{start.WorkingDirectory}'.");

    public static string Ended(WorkerExit exit, OutputRelay relay, string note)
    {
        var text = new StringBuilder();
        text.Append($"Worker {exit.ProcessId} {CrashMessages.How(exit)} before it could serve, {exit.Lifetime.TotalMilliseconds:F0} ms after its start.");
        if (note.Length > 0)
        {
            text.Append(' ').Append(note);
        }
        if (relay.LastWords.Lines.Count == 0)
        {
            text.Append(" It wrote nothing to its stderr.");
        }
        CrashMessages.AppendErrorLines(text, exit);
        return text.ToString();
    }

    public static string TimedOut(WorkerExit exit, WorkerOptions options, string phase)
    {
        var text = new StringBuilder();
        text.Append($"Worker {exit.ProcessId} did not serve within {options.StartTimeout.TotalSeconds:0.###} s and was killed while {phase}. ");
        text.Append($"If it needs longer, raise {nameof(WorkerOptions)}.{nameof(WorkerOptions.StartTimeout)}.");
        CrashMessages.AppendErrorLines(text, exit);
        return text.ToString();
    }

    /// <param name="error">Null: the worker ended.</param>
    public static string InitializeFailed(string name, WorkerExit exit, Exception? error)
    {
        if (error is not (null or WorkerCrashedException))
        {
            return $"{nameof(WorkerOptions.Initialize)} ({name}) threw in worker {exit.ProcessId}: {error.GetType().Name}: {error.Message}";
        }
        var text = new StringBuilder();
        text.Append($"Worker {exit.ProcessId} {CrashMessages.How(exit)} while running {nameof(WorkerOptions.Initialize)} ({name}), before it could serve.");
        CrashMessages.AppendErrorLines(text, exit);
        return text.ToString();
    }
}
