namespace Brood.Workers;

/// <summary>The words for a call that was stopped.</summary>
internal static class StopMessages
{
    public static string Cancelled(PendingCall call, bool started) =>
        $"The call to {call.Name} was cancelled " + (started ? "while it ran; its work was stopped." : "before it had started.");

    /// <param name="untakenBy">The process id of a worker that was handed the call, ran nothing, and did not take it; or null.</param>
    public static string TimedOut(PendingCall call, bool started, TimeSpan elapsed, int? untakenBy) =>
        $"The call to {call.Name} did not finish within {call.Options.Timeout.TotalSeconds:0.###} s "
        + $"({nameof(CallOptions)}.{nameof(CallOptions.Timeout)}; {elapsed.TotalSeconds:0.000} s had passed). "
        + (started
            ? "The function had started, and its work was stopped."
            : "The function had not started: "
                + (untakenBy is { } pid ? $"it had been handed to worker {pid}, which had not taken it." : "it was still waiting for its turn."));
}
