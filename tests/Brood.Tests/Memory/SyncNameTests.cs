using System.Text.RegularExpressions;

namespace Brood.Memory;

/// <summary>Every store that others wait for names the load that waits for it, and the other way round.</summary>
public partial class SyncNameTests
{
    [Fact]
    public void Every_SYNC_name_has_its_partner()
    {
        string source = Path.Combine(SourceTree.Root, "src", "Brood");
        var found = new List<(string Name, string Role, string File)>();
        foreach (string file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in SyncComment().Matches(File.ReadAllText(file)))
            {
                found.Add((match.Groups[1].Value, match.Groups[2].Value, Path.GetRelativePath(source, file)));
            }
        }

        Assert.NotEmpty(found);
        foreach (IGrouping<string, (string Name, string Role, string File)> name in found.GroupBy(sync => sync.Name))
        {
            string[] roles = [.. name.Select(sync => sync.Role)];
            bool paired = roles.Contains("fence")
                ? roles.All(role => role == "fence") && name.Select(sync => sync.File).Distinct().Count() == 2
                : roles.Contains("acquire") && roles.Contains("release");
            Assert.True(paired, $"{name.Key}: {string.Join(", ", name)}");
        }
    }

    [Fact]
    public void Every_SYNC_name_has_its_proof()
    {
        string readme = File.ReadAllText(Path.Combine(SourceTree.Root, "src", "Brood", "Memory", "README.md"));
        IEnumerable<string> names = Directory
            .EnumerateFiles(Path.Combine(SourceTree.Root, "src", "Brood"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => SyncComment().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value).Distinct();

        Assert.All(names, name => Assert.Contains($"\n### {name}\n", readme));
    }

    [GeneratedRegex(@"// SYNC ([a-z-]+) \((release|acquire|fence)\):")]
    private static partial Regex SyncComment();
}
