namespace Brood.Workers;

/// <summary>The words for a call that was stopped.</summary>
internal static class StopMessages
{
    /// <param name="processId">The worker that had it, or was handed it and did not take it; null: none.</param>
    public static string Cancelled(PendingCall call, bool started, int? processId) =>
        $"The call to {call.Name}{On(started, processId)} was cancelled " + (started ? "while it ran; its work was stopped." : "before it had started.");

    /// <summary>Who killed a worker that had not ended when its time to join was over.</summary>
    public static string DisposedBy(string owner) =>
        $"the dispose of its {owner}, because it had not ended within {nameof(WorkerOptions)}.{nameof(WorkerOptions.JoinTimeout)}";

    /// <param name="owner">The worker or the pool that was called.</param>
    public static ObjectDisposedException Closed(Type owner) =>
        new(owner.FullName, "It was joined or disposed and takes no more calls; the function has not run.");

    /// <inheritdoc cref="Cancelled"/>
    public static string TimedOut(PendingCall call, bool started, TimeSpan elapsed, int? processId) =>
        // A tick is a tenth of a microsecond.
        $"The call to {call.Name}{On(started, processId)} did not finish within {call.Options.Timeout.TotalSeconds:0.#######} s "
        + $"({nameof(CallOptions)}.{nameof(CallOptions.Timeout)}; {elapsed.TotalSeconds:0.000} s had passed). "
        + (started
            ? "The function had started, and its work was stopped."
            : "The function had not started: "
                + (processId is { } pid ? $"it had been handed to worker {pid}, which had not taken it." : "it was still waiting for its turn."));

    private static string On(bool started, int? processId) => started && processId is { } pid ? $" on worker {pid}" : "";
}
