using System.Globalization;

namespace Brood.Platform;

/// <summary>What /proc knows of a child.</summary>
internal static class LinuxProcessTable
{
    private const string PeakName = "VmHWM:";

    /// <summary>All processes that the given one started, and those that they started.</summary>
    public static List<int> DescendantsOf(int pid)
    {
        var found = new List<int>();
        AddChildren(pid, found);
        for (int i = 0; i < found.Count; i++)
        {
            AddChildren(found[i], found);
        }
        return found;
    }

    /// <summary>Resident memory that is not a mapped file and not shared.</summary>
    public static long PrivateBytes(int pid)
    {
        try
        {
            // Pages: size resident shared …
            string[] words = File.ReadAllText($"/proc/{pid}/statm").Split(' ');
            return words.Length < 3 ? 0 : (Parse(words[1]) - Parse(words[2])) * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The most that the process has had resident; 0 if it is gone, also as a zombie.</summary>
    public static long PeakBytes(int pid)
    {
        try
        {
            ReadOnlySpan<char> status = File.ReadAllText($"/proc/{pid}/status");
            int begin = status.IndexOf(PeakName, StringComparison.Ordinal);
            if (begin < 0)
            {
                return 0;
            }
            ReadOnlySpan<char> rest = status[(begin + PeakName.Length)..];
            return long.TryParse(rest[..Math.Max(0, rest.IndexOf("kB", StringComparison.Ordinal))], CultureInfo.InvariantCulture, out long kilobytes)
                ? kilobytes * 1024 : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static void AddChildren(int pid, List<int> found)
    {
        try
        {
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                foreach (string child in File.ReadAllText(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    found.Add((int)Parse(child));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
        }
    }

    private static long Parse(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
