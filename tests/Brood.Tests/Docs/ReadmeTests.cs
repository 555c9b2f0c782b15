using System.Runtime.CompilerServices;

namespace Brood.Docs;

public class ReadmeTests
{
    private const string Fence = "```";
    private const string Mark = "<!-- snippet: ";

    [Fact]
    public void Each_block_of_code_in_the_readme_actuala_compiled_one()
    {
        string[] readme = File.ReadAllLines(Path.Combine(Folder(), "..", "..", "..", "README.md"));
        Dictionary<string, string[]> regions = Regions(File.ReadAllLines(Path.Combine(Folder(), $"{nameof(ReadmeSnippets)}.cs")));
        List<string> findings = [];
        HashSet<string> shown = [];
        for (int i = 0; i < readme.Length; i++)
        {
            if (readme[i] == Fence + "csharp")
            {
                Compare(readme, i, regions, shown, findings);
            }
        }
        findings.AddRange(regions.Keys.Except(shown).Select(name => $"{nameof(ReadmeSnippets)}.cs: region '{name}' is not shown, delete it"));
        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Assert.NotEmpty(shown);
    }

    private static void Compare(string[] readme, int fence, Dictionary<string, string[]> regions, HashSet<string> shown, List<string> findings)
    {
        string mark = fence == 0 ? "" : readme[fence - 1];
        string name = mark.StartsWith(Mark, StringComparison.Ordinal) ? mark[Mark.Length..].Replace(" -->", "") : "";
        if (!regions.TryGetValue(name, out string[]? code))
        {
            findings.Add($"README.md:{fence + 1}: this block names no region, write '{Mark}NAME -->' above it, NAME being one of: {string.Join(", ", regions.Keys)}");
            return;
        }
        shown.Add(name);
        string[] block = [.. readme.Skip(fence + 1).TakeWhile(line => line != Fence)];
        for (int i = 0; i < Math.Max(block.Length, code.Length); i++)
        {
            string? actual = i < block.Length ? block[i] : null;
            string? should = i < code.Length ? code[i] : null;
            if (actual != should)
            {
                findings.Add($"README.md:{fence + 2 + i}: differs from region '{name}', {(should is null ? "delete the line" : $"write: {should}")}");
                return;
            }
        }
    }

    private static Dictionary<string, string[]> Regions(string[] source)
    {
        Dictionary<string, string[]> regions = [];
        for (int i = 0; i < source.Length; i++)
        {
            string line = source[i].TrimStart();
            if (line.StartsWith("#region ", StringComparison.Ordinal))
            {
                int indent = source[i].Length - line.Length;
                regions.Add(line["#region ".Length..], [.. source.Skip(i + 1)
                    .TakeWhile(inner => inner.Trim() != "#endregion")
                    .Select(inner => inner.Length >= indent ? inner[indent..] : inner)]);
            }
        }
        return regions;
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
