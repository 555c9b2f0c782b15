using System.Globalization;

namespace Brood.Platform;

/// <summary>What /proc knows of a child.</summary>
internal static class LinuxProcessTable
{
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
