using Brood.Memory;

namespace Brood.Pool.Deaths;

/// <summary>The table "Who may die where" of src/Brood/Memory/README.md, row by row.</summary>
internal static class DeathTable
{
    private const string Heading = "## Who may die where";

    public static IReadOnlyList<DeathRow> Rows { get; } = Read();

    public static DeathRow Row(string point) => Rows.Single(row => row.Point == point);

    private static List<DeathRow> Read()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "src", "Brood", "Memory", "README.md"));
        return [.. page[page.IndexOf(Heading, StringComparison.Ordinal)..].Split('\n')
            .SkipWhile(static line => !line.StartsWith('|')).TakeWhile(static line => line.StartsWith('|')).Skip(2)
            .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => new DeathRow(cells[0], cells[2], cells[3], cells[4]))];
    }
}

/// <param name="Phase">What the worker wrote down last.</param>
/// <param name="Pool">What the caller gets from a pool.</param>
/// <param name="Worker">What the caller gets from a single worker; "–": only a pool makes such calls.</param>
internal sealed record DeathRow(string Point, string Phase, string Pool, string Worker);
