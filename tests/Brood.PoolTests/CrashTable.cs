namespace Brood.Pool;

/// <summary>What a caller is told, for every phase of a call and every way to fail. "a | b": either, as it happens to meet.</summary>
internal static class CrashTable
{
    /// <summary>A cell that begins so is no case; the reason follows.</summary>
    public const string Skip = "skip: ";

    private const string Written = Skip + "no code of the application runs while a value is written: lazy sequences are refused, collections are read field by field";
    private const string Channel = Skip + "only the channel's own code runs then; what can end it from outside is SIGKILL";
    private const string Held = Skip + "the result is published in one step, so nothing can be placed there; Chaos kills there by chance";
    private const string Refused = "TransferException";
    private const string Quiet = "result";

    private static readonly Dictionary<string, string[]> s_rows = new()
    {
        //                     throws, exit 0, exit 1, SIGKILL, SIGSEGV, stack overflow, out of memory, hang, closes its pipe, writes rubbish
        ["encode arguments"] = [Refused, Written, Written, Written, Written, Written, Written, Written, Written, Written],
        ["send"] = [Channel, Channel, Channel, Quiet, Channel, Channel, Channel, Channel, Channel, Channel],
        ["decode"] =
        [
            Refused, "crash Exited, not started", "crash Exited, not started", "crash Signal SIGKILL, not started",
            "crash Signal SIGSEGV, not started", "crash StackOverflow SIGABRT, not started", Refused, "CallTimeout, not started", Quiet,
            $"{Quiet} | crash ProtocolViolation SIGKILL, not started | crash ProtocolViolation SIGKILL, started | CallTimeout, started | CallTimeout, not started",
        ],
        ["run"] =
        [
            "InvalidDataException", "crash Exited, started", "crash Exited, started", "crash Signal SIGKILL, started",
            "crash Signal SIGSEGV, started", "crash StackOverflow SIGABRT, started", "OutOfMemoryException", "CallTimeout, started", Quiet,
            $"{Quiet} | crash ProtocolViolation SIGKILL, started | crash UnhandledException SIGABRT, started | CallTimeout, started",
        ],
        ["encode result"] = [Refused, Written, Written, Written, Written, Written, Written, Written, Written, Written],
        ["return"] = [Held, Held, Held, Held, Held, Held, Held, Held, Held, Held],
        ["idle"] = [Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet],
        ["start"] =
        [
            "WorkerStartException", "WorkerStartException", "WorkerStartException", "WorkerStartException", "WorkerStartException",
            "WorkerStartException", "WorkerStartException", "WorkerStartException", Quiet,
            $"{Quiet} | WorkerStartException | crash ProtocolViolation SIGKILL, not started | crash ProtocolViolation SIGKILL, started | CallTimeout, not started | CallTimeout, started",
        ],
        ["join"] = [Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet],
    };

    public static IEnumerable<(string Phase, string Failure)> Cells =>
        s_rows.Keys.SelectMany(static _ => Failures.All, static (phase, failure) => (phase, failure));

    public static string Cell(string phase, string failure) => s_rows[phase][Array.IndexOf(Failures.All, failure)];
}
