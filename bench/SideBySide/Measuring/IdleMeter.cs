using System.Globalization;

namespace Brood.Bench.Measuring;

/// <summary>Reads what idle processes take, from Linux's /proc.</summary>
internal static class IdleMeter
{
    /// <summary>Before a figure counts, start-up is given this long to come to rest.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    /// <returns>The workers' mean Pss in bytes, or the nanoseconds that host and all its descendants ran.</returns>
    public static async Task<double> MeasureAsync(
        int[] workers, int host, IdleFigure figure, int milliseconds, CancellationToken cancellationToken)
    {
        await Task.Delay(s_rest, cancellationToken);
        if (figure == IdleFigure.WorkerMemory)
        {
            return workers.Average(PssBytes);
        }
        Dictionary<int, long> before = WithDescendants(host).ToDictionary(id => id, ProcessorClock.ReadNanoseconds);
        await Task.Delay(milliseconds, cancellationToken);
        return WithDescendants(host).Sum(id => ProcessorClock.ReadNanoseconds(id) - before.GetValueOrDefault(id));
    }

    private static double PssBytes(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/smaps_rollup")
            .First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        string kibibytes = line["Pss:".Length..].Replace("kB", "", StringComparison.Ordinal);
        return double.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
    }

    private static List<int> WithDescendants(int host)
    {
        ILookup<int, int> childrenByParent = Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0)
            .ToLookup(ParentOf);
        List<int> found = [host];
        for (int i = 0; i < found.Count; i++)
        {
            found.AddRange(childrenByParent[found[i]]);
        }
        return found;
    }

    private static int ParentOf(int processId)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            // "pid (any name) state parent …": the name may itself hold spaces and parentheses.
            string[] behindName = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(behindName[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The process has ended since the folder was listed.
            return 0;
        }
    }
}
