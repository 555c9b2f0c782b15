/// <summary>Another tool's start-up hook: it notes each process in which it ran.</summary>
internal static class StartupHook
{
    public static void Initialize() =>
        File.AppendAllText(Environment.GetEnvironmentVariable("HOOK_COUNTER")!, $"{Environment.ProcessId}\n");
}
