using System.Diagnostics;
using Brood.Platform;

namespace Brood;

/// <summary>What the operating system says about processes.</summary>
internal static class ProcessFacts
{
    /// <summary>Waits, without a busy look, until the process is gone or a zombie.</summary>
    public static Task WaitUntilGoneAsync(int pid) => Task.Run(() =>
    {
        int pidfd = (int)LinuxNative.PidfdOpen(LinuxNative.PidfdOpenNumber, pid, 0);
        if (pidfd < 0)
        {
            return;
        }
        try
        {
            var poll = new UnixNative.PollFd { Fd = pidfd, Events = UnixNative.POLLIN };
            int ready;
            while ((ready = UnixNative.Poll(ref poll, 1, Watchdog.Milliseconds / 2)) < 0)
            {
                // A signal that was another thread's.
            }
            Assert.True(ready > 0, $"Process {pid} is still there: {CommandLine(pid)}");
        }
        finally
        {
            UnixNative.Close(pidfd);
        }
    });

    public static bool Exists(int pid) => Directory.Exists($"/proc/{pid}") && StateOf(pid) is not ('Z' or 'X');

    public static IReadOnlyList<int> ChildrenOfThisProcess() =>
        [.. LinuxProcessTable.DescendantsOf(Environment.ProcessId).Where(Exists)];

    /// <summary>Living processes whose environment has the entry. Whoever is started inherits it.</summary>
    public static IReadOnlyList<int> WithEnvironment(string entry)
    {
        var found = new List<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int pid) && Read($"{folder}/environ").Split('\0').Contains(entry))
            {
                found.Add(pid);
            }
        }
        return found;
    }

    /// <summary>The threads of this process that Brood has named.</summary>
    public static IReadOnlyList<string> BroodThreads() =>
        [.. Directory.GetDirectories("/proc/self/task").Where(task => Read($"{task}/comm").StartsWith("Brood ", StringComparison.Ordinal))];

    /// <summary>A thread that has nothing more to do may be on its way out.</summary>
    public static Task WaitUntilThreadEndsAsync(string task) => Task.Run(() =>
    {
        long deadline = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * Watchdog.Milliseconds / 2000);
        while (Directory.Exists(task))
        {
            Assert.True(Stopwatch.GetTimestamp() < deadline, $"The thread '{Read($"{task}/comm").Trim()}' is still there.");
            Thread.Yield();
        }
    });

    /// <summary>What the open descriptors of this process lead to, but for the assemblies that it loads as it goes.</summary>
    public static IReadOnlyList<string> Descriptors() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(fd => File.ResolveLinkTarget(fd, false)?.Name ?? "").Where(name => name.Length > 0 && !name.EndsWith(".dll", StringComparison.Ordinal)).Order()];

    /// <summary>How many mappings of Brood's memory this process has.</summary>
    public static int Mappings() => File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:brood"));

    public static void Kill(int pid, int signal) => UnixNative.Kill(pid, signal);

    public static string CommandLine(int pid) => Read($"/proc/{pid}/cmdline").Replace('\0', ' ');

    private static char StateOf(int pid)
    {
        string stat = Read($"/proc/{pid}/stat");
        int name = stat.LastIndexOf(')');
        return name < 0 ? 'X' : stat[name + 2];
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
