using System.Text;

namespace Brood.Workers;

/// <summary>The words of a crash: what happened, to whom, whether the function had started, what to type next.</summary>
internal static class CrashMessages
{
    /// <param name="repeats">Whether whoever has the worker repeats calls for <see cref="CallOptions.Retries"/>.</param>
    public static string Of(PendingCall call, WorkerExit exit, bool started, bool repeats, string? facts)
    {
        var text = new StringBuilder();
        text.Append($"Worker {exit.ProcessId} {How(exit)}");
        text.Append(started ? $" while running {call.Name} (call {call.CallId})." : $" before {call.Name} had started.");
        if (facts is not null)
        {
            text.Append(' ').Append(facts);
        }
        text.AppendLine();
        text.Append(Advice(call, exit, started, repeats));
        AppendErrorLines(text, exit);
        return text.ToString();
    }

    private static string Advice(PendingCall call, WorkerExit exit, bool started, bool repeats)
    {
        if (!started)
        {
            return "The function has not run: calling it on another worker repeats nothing.";
        }
        const string begun = "The function had started; how far it came is unknown.";
        string once = $"with new {nameof(CallOptions)} {{ {nameof(CallOptions.Retries)} = 1 }}";
        return exit.Reason switch
        {
            // Who killed it on purpose does not want it again.
            ExitReason.Killed => begun,
            // Once more would end as it did.
            ExitReason.StackOverflow => begun + " Running it again would overflow the stack again: let it recurse less, or on a thread with a larger stack.",
            ExitReason.MemoryLimit => begun + $" Give it less to do at a time, or raise {nameof(WorkerOptions)}.{nameof(WorkerOptions.MaxMemoryBytes)}.",
            _ when !repeats => begun + $" If running it twice is harmless, a {nameof(WorkerPool)} repeats it, {once}.",
            _ when call.Options.Retries == 0 => "The function had started, so it was not run again. If running it twice is harmless, call it through "
                + $"pool.{nameof(Callable.With)}(new {nameof(CallOptions)} {{ {nameof(CallOptions.Retries)} = 1 }}).",
            _ when call.RetriesLeft > 0 => "The function had started, and what it had sent or taken while it ran cannot be taken back, so it was not run again.",
            _ => $"The function had started, and was started {call.Options.Retries:N0} times more ({nameof(CallOptions)}.{nameof(CallOptions.Retries)}); "
                + "each time its worker ended. How far it came is unknown.",
        };
    }

    public static string How(WorkerExit exit) => exit.Reason switch
    {
        ExitReason.StackOverflow => "ended because its stack overflowed",
        ExitReason.OutOfMemory => "ended because memory ran out" + Facts(exit),
        ExitReason.UnhandledException => "ended because an exception was not handled on one of its threads",
        ExitReason.FailFast => "ended itself with Environment.FailFast",
        ExitReason.Exited => $"ended itself with exit code {exit.ExitCode}",
        ExitReason.MemoryLimit => $"was killed because it used more memory than {nameof(WorkerOptions.MaxMemoryBytes)} allows",
        ExitReason.Killed => $"was killed by {exit.KilledBy ?? "its host"}",
        ExitReason.CallStopped => "was killed to stop a call",
        ExitReason.Unresponsive => $"was killed because it ran nothing and took no call for {TakeWatch.Limit.TotalSeconds:0} s",
        ExitReason.Joined => "was joined",
        ExitReason.Recycled => "was recycled",
        ExitReason.ProtocolViolation => "was killed because it damaged its channel to the host",
        ExitReason.Signal when exit.Signal == "SIGKILL" => "was killed by SIGKILL, which its host did not send" + Facts(exit),
        _ when exit.Signal is not null => $"was killed by {exit.Signal}",
        _ when exit.ExitCode is not null => $"ended with exit code {exit.ExitCode}",
        _ => "is gone, and the system did not say why",
    };

    public static void AppendErrorLines(StringBuilder text, WorkerExit exit)
    {
        if (exit.LastErrorLines.Count > 0)
        {
            text.AppendLine().Append("Last lines of its stderr:");
            foreach (string line in exit.LastErrorLines)
            {
                text.AppendLine().Append("  ").Append(line);
            }
        }
    }

    /// <summary>A sentence for a worker that was killed for its memory.</summary>
    public static string MemoryUsed(long used, long limit) =>
        $"It had {used / (double)(1 << 20):N1} MiB of its own when it was looked at; "
        + $"{nameof(WorkerOptions.MaxMemoryBytes)} allows {limit / (double)(1 << 20):N1} MiB.";

    private static string Facts(WorkerExit exit) =>
        exit.PeakMemoryBytes > 0 ? $" (it had at most {exit.PeakMemoryBytes / (1 << 20):N0} MiB resident)" : "";
}
