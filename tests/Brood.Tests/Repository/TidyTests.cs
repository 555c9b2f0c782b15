namespace Brood.Repository;

/// <summary>What a reviewer would otherwise have to say again and again.</summary>
public class TidyTests
{
    private static readonly string s_solution = File.ReadAllText(Path.Combine(RepositoryTree.Root, "Brood.slnx"));

    private static readonly Func<SourceFile, IEnumerable<Finding>>[] s_rules =
    [
        CodeRules.UnsafeOutsideMemory,
        CodeRules.OperatingSystemOutsidePlatform,
        CodeRules.MetersOutsideDiagnostics,
        CodeRules.WallClock,
        CodeRules.Sleeping,
        CodeRules.Pragmas,
        CodeRules.LeftForLater,
        CodeRules.LongFiles,
        CodeRules.LongFunctions,
        TreeRules.OneTitle,
        file => TreeRules.DeadLinks(file, IsThere),
        TreeRules.PathsOfOneMachine,
        TreeRules.Registries,
        file => TreeRules.FoldersWithoutAName(file.Path),
        file => TreeRules.ProjectsOutsideSolution(file.Path, s_solution),
    ];

    [Fact]
    public void The_repository_keeps_its_own_rules()
    {
        Assert.Contains("src/Brood/Worker.cs", RepositoryTree.Paths);
        Finding[] findings = [.. RepositoryTree.Files.SelectMany(file => s_rules.SelectMany(rule => rule(file)))];
        Assert.True(findings.Length == 0, "\n" + string.Join<Finding>('\n', findings));
    }

    private static bool IsThere(string path) => Path.Exists(Path.Combine(RepositoryTree.Root, path));
}
