namespace Brood.Workers;

/// <summary>Signals by name. The numbers that Linux and macOS share, and the few that differ on Linux.</summary>
internal static class SignalNames
{
    public const int Abort = 6;
    public const int Kill = 9;

    public static string? Of(int signal) => signal switch
    {
        0 => null,
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        Abort => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        Kill => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {signal}",
    };
}
