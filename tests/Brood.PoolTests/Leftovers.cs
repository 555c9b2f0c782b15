using System.Globalization;

namespace Brood.Pool;

/// <summary>What this process has of the system: its children, descriptors of workers, mappings of regions.</summary>
internal sealed record Leftovers(int Children, int Descriptors, int Mappings)
{
    /// <summary>The limit of a wait that is no part of what is tested.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public static Leftovers Now() => new(
        Directory.EnumerateDirectories("/proc/self/task").Sum(static task => ChildrenOf(task).Length),
        Directory.EnumerateFiles("/proc/self/fd").Count(static fd => Target(fd) is { } target
            && (target.Contains("memfd", StringComparison.Ordinal) || target.Contains("pidfd", StringComparison.Ordinal)
                || target.Contains("pipe:", StringComparison.Ordinal))),
        File.ReadLines("/proc/self/maps").Count(static line => line.Contains("memfd:brood", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Waits until nothing is left that was not there before.</summary>
    public static void AssertNoneSince(Leftovers before)
    {
        // The supervisor ends its thread, and closes its own pipe, a moment after the last worker.
        SpinWait.SpinUntil(() => Now() is var now && now.Children <= before.Children
            && now.Descriptors <= before.Descriptors && now.Mappings <= before.Mappings, s_limit);
        Leftovers after = Now();
        Assert.True(
            after.Children <= before.Children && after.Descriptors <= before.Descriptors && after.Mappings <= before.Mappings,
            $"before: {before}, after: {after}");
    }

    /// <summary>One that has ended and only waits to be reaped is not.</summary>
    public static bool IsAlive(int processId) => Native.Kill(processId, 0) == 0 && !IsInState(processId, 'Z');

    public static bool IsStopped(int processId) => IsInState(processId, 'T');

    private static bool IsInState(int processId, char state)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/stat").Contains($") {state} ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int[] ChildrenOf(string task)
    {
        try
        {
            return [.. File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static text => int.Parse(text, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string? Target(string fd)
    {
        try
        {
            return new FileInfo(fd).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
