using System.Globalization;
using System.Runtime.InteropServices;

namespace Brood.Bench.Reporting;

/// <summary>What a reader must know of where figures come from.</summary>
internal static class Machine
{
    public static string Describe()
    {
        double gibibytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        return string.Create(CultureInfo.InvariantCulture, $"""
            {Processor()}, {Environment.ProcessorCount} processors, {gibibytes:F0} GiB, {Distribution()},
            {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}, {RuntimeInformation.FrameworkDescription}
            """).ReplaceLineEndings(" ");
    }

    private static string Processor() =>
        ValueOf("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Distribution() =>
        ValueOf("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription;

    private static string? ValueOf(string file, string key, char separator) => File.Exists(file)
        ? File.ReadLines(file)
            .Where(line => line.StartsWith(key, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(separator) + 1)..].Trim())
            .FirstOrDefault()
        : null;
}
