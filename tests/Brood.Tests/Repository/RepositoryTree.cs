namespace Brood.Repository;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class RepositoryTree
{
    // What .gitignore names, and git itself.
    private static readonly string[] s_ignored =
        [".git", "artifacts", "bin", "obj", ".vs", ".idea", "BenchmarkDotNet.Artifacts", "TestResults", "node_modules"];

    private static readonly string[] s_read =
        [".cs", ".md", ".csproj", ".props", ".targets", ".slnx", ".json", ".config", ".txt", ".sh", ".yml", ".editorconfig", ".c", ".h", ".py", ".js", ""];

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every path from the root, with slashes.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. Walk(new DirectoryInfo(Root), "").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<SourceFile> Files { get; } =
        [.. Paths.Where(path => s_read.Contains(Path.GetExtension(path))).Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(Root, path))))];

    private static IEnumerable<string> Walk(DirectoryInfo folder, string prefix)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (s_ignored.Contains(entry.Name) || entry.LinkTarget is not null)
            {
                continue;
            }
            if (entry is DirectoryInfo inner)
            {
                foreach (string path in Walk(inner, prefix + inner.Name + "/"))
                {
                    yield return path;
                }
            }
            else
            {
                yield return prefix + entry.Name;
            }
        }
    }

    private static string FindRoot(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Brood.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"No Brood.slnx above {start}: run the tests from a checkout.");
    }
}
