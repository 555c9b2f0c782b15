namespace Brood;

/// <summary>
/// A limit on processes and threads around a program, so that a fork bomb ends as a failed test. The kernel exempts
/// root: there the program runs as a user of its own, which may still read root's files.
/// </summary>
internal static class ProcessLimit
{
    private const int ThreadsAllowed = 300;
    private const string SomeoneElse = "65534";

    public static string[] Around(string fileName, IEnumerable<string> words)
    {
        var me = UserOf("/proc/self/status");
        var user = me == "0" ? SomeoneElse : me;
        string[] limited = ["prlimit", $"--nproc={ThreadsOf(user) + ThreadsAllowed}", fileName, .. words];
        return me == "0"
            ?
            [
                "setpriv", $"--reuid={SomeoneElse}", $"--regid={SomeoneElse}", "--clear-groups",
                "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", .. limited,
            ]
            : limited;
    }

    private static int ThreadsOf(string user)
    {
        var threads = 0;
        foreach (var process in Directory.GetDirectories("/proc").Where(name => char.IsDigit(Path.GetFileName(name)[0])))
        {
            try
            {
                if (UserOf($"{process}/status") == user) threads += Directory.GetDirectories($"{process}/task").Length;
            }
            catch (IOException)
            {
                // It ended while it was looked at.
            }
        }

        return threads;
    }

    private static string UserOf(string status) =>
        File.ReadLines(status).First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
}
