using Brood.Platform;

namespace Brood.Workers;

/// <summary>Puts together why a worker ended: from the system, its status block, its last words, and what this side did.</summary>
internal static class ExitReport
{
    public static WorkerExit Make(
        int processId, ProcessEnd end, WorkerStatus status, OutputRelay relay, ExitReason? hostReason, string? killedBy, bool wasReady, TimeSpan lifetime) => new()
        {
            ProcessId = processId,
            ExitCode = end.ExitCode,
            Signal = SignalNames.Of(end.Signal),
            Reason = ReasonOf(end, status, relay, hostReason, wasReady),
            CallsServed = status.CallsServed,
            PeakMemoryBytes = Math.Max(end.PeakMemoryBytes, status.PeakMemoryBytes),
            Lifetime = lifetime,
            KilledBy = killedBy,
            LastErrorLines = relay.LastWords.Lines,
        };

    private static ExitReason ReasonOf(
        ProcessEnd end, WorkerStatus status, OutputRelay relay, ExitReason? hostReason, bool wasReady)
    {
        (ExitNote note, string text) = status.ReadNote();
        if (hostReason is { } asked && (note == ExitNote.Joined || (end.Signal == SignalNames.Kill && asked is not (ExitReason.Joined or ExitReason.Recycled))))
        {
            return asked;
        }
        if (note == ExitNote.UnhandledException)
        {
            return text.StartsWith(typeof(OutOfMemoryException).FullName!, StringComparison.Ordinal)
                ? ExitReason.OutOfMemory : ExitReason.UnhandledException;
        }
        if (end.Signal == SignalNames.Abort && relay.LastWords.FatalReason is { } fatal)
        {
            return fatal;
        }
        if (!wasReady)
        {
            return ExitReason.FailedToStart;
        }
        if (end.Signal != 0)
        {
            return ExitReason.Signal;
        }
        return end.ExitCode is null ? ExitReason.Unknown : ExitReason.Exited;
    }
}
