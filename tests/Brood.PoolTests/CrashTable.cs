namespace Brood.Pool;

/// <summary>What a caller is told, for every phase of a call and every way to fail.</summary>
internal static class CrashTable
{
    /// <summary>A cell that begins so is no case; the reason follows.</summary>
    public const string Skip = "skip: ";

    private const string InHost = Skip + "arguments are written in the host before any worker has the call: what failed so would be the program itself";
    private const string Unclaimed = Skip + "between a call's arrival and its claim no code of the application runs but on threads of its own: see the row idle";
    private const string Refused = "TransferException";
    private const string Quiet = "result";

    private static readonly Dictionary<string, string[]> s_rows = new()
    {
        //                     throws, exit 0, exit 1, SIGKILL, SIGSEGV, stack overflow, out of memory, hang, closes its pipe, writes rubbish
        ["encode arguments"] = [Refused, InHost, InHost, InHost, InHost, InHost, InHost, InHost, InHost, InHost],
        ["send"] = [Unclaimed, Unclaimed, Unclaimed, Quiet, Quiet, Unclaimed, Unclaimed, "CallTimeout, not started", Unclaimed, Quiet],
        ["decode"] =
        [
            Refused, "crash Exited, not started", "crash Exited, not started", "crash Signal SIGKILL, not started",
            "crash Signal SIGSEGV, not started", "crash StackOverflow SIGABRT, not started", Refused, "CallTimeout, not started", Quiet,
            "crash ProtocolViolation SIGKILL, not started",
        ],
        ["run"] =
        [
            "InvalidDataException", "crash Exited, started", "crash Exited, started", "crash Signal SIGKILL, started",
            "crash Signal SIGSEGV, started", "crash StackOverflow SIGABRT, started", "OutOfMemoryException", "CallTimeout, started", Quiet,
            "crash ProtocolViolation SIGKILL, started",
        ],
        ["encode result"] =
        [
            Refused, "crash Exited, started", "crash Exited, started", "crash Signal SIGKILL, started",
            "crash Signal SIGSEGV, started", "crash StackOverflow SIGABRT, started", "RemoteException", "CallTimeout, started", "FailingException",
            "crash ProtocolViolation SIGKILL, started",
        ],
        ["return"] =
        [
            Quiet, "crash Exited, started", "crash Exited, started", "crash Signal SIGKILL, started",
            "crash Signal SIGSEGV, started", "crash StackOverflow SIGABRT, started", Quiet, "CallTimeout, started", Quiet,
            "crash ProtocolViolation SIGKILL, started",
        ],
        ["idle"] = [Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet],
        ["start"] =
        [
            "WorkerStartException", "WorkerStartException", "WorkerStartException", "WorkerStartException", "WorkerStartException",
            "WorkerStartException", "WorkerStartException", "WorkerStartException", Quiet, "WorkerStartException",
        ],
        ["join"] = [Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet, Quiet],
    };

    public static IEnumerable<(string Phase, string Failure)> Cells =>
        s_rows.Keys.SelectMany(static _ => Failures.All, static (phase, failure) => (phase, failure));

    public static string Cell(string phase, string failure) => s_rows[phase][Array.IndexOf(Failures.All, failure)];
}
