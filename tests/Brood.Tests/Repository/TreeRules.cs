using System.Text.RegularExpressions;

namespace Brood.Repository;

/// <summary>Rules for texts, folders and projects.</summary>
internal static partial class TreeRules
{
    public static IEnumerable<Finding> OneTitle(SourceFile file)
    {
        if (!file.Path.EndsWith(".md", StringComparison.Ordinal))
        {
            yield break;
        }
        int[] titles = [.. Prose(file).Where(line => line.Text.StartsWith("# ", StringComparison.Ordinal)).Select(line => line.Index)];
        if (titles.Length != 1)
        {
            yield return file.At(titles.ElementAtOrDefault(1), $"{titles.Length} titles; one line begins with '# ', sections with '## '");
        }
    }

    /// <param name="exists">Whether a path from the root is there.</param>
    public static IEnumerable<Finding> DeadLinks(SourceFile file, Func<string, bool> exists)
    {
        if (!file.Path.EndsWith(".md", StringComparison.Ordinal))
        {
            yield break;
        }
        foreach ((int index, string text) in Prose(file))
        {
            foreach (Match match in Link().Matches(InlineCode().Replace(text, "")))
            {
                string target = match.Groups["target"].Value.Split('#')[0];
                if (target.Length > 0 && !target.Contains(':') && !exists(Resolve(file.Path, target)))
                {
                    yield return file.At(index, $"a link to {target}, which is not there; correct the path");
                }
            }
        }
    }

    public static IEnumerable<Finding> PathsOfOneMachine(SourceFile file)
    {
        for (int i = 0; i < file.Lines.Length; i++)
        {
            if (MachinePath().IsMatch(file.Lines[i]))
            {
                yield return file.At(i, "names a path of one machine; compute it, or use a relative one");
            }
        }
    }

    public static IEnumerable<Finding> Registries(SourceFile file)
    {
        for (int i = 0; i < file.Lines.Length; i++)
        {
            if (Registry().IsMatch(file.Lines[i]))
            {
                yield return file.At(i, "names a package registry; where packages come from is the user's setting");
            }
        }
    }

    public static IEnumerable<Finding> FoldersWithoutAName(string path) => Nameless().IsMatch(path)
        ? [new Finding($"{path}:1", "a folder or type for anything; put it beside its only user, or name what it does")] : [];

    /// <param name="solution">The text of Brood.slnx.</param>
    public static IEnumerable<Finding> ProjectsOutsideSolution(string path, string solution) =>
        ProjectOfSolution().IsMatch(path) && !solution.Contains($"\"{path}\"", StringComparison.Ordinal)
            ? [new Finding($"{path}:1", "a project that Brood.slnx does not name, so nobody builds it; add it there")] : [];

    /// <summary>The lines outside fenced code.</summary>
    private static IEnumerable<(int Index, string Text)> Prose(SourceFile file)
    {
        bool inCode = false;
        for (int i = 0; i < file.Lines.Length; i++)
        {
            bool isFence = file.Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal);
            inCode ^= isFence;
            if (!inCode && !isFence)
            {
                yield return (i, file.Lines[i]);
            }
        }
    }

    private static string Resolve(string from, string target)
    {
        var parts = new List<string>();
        string start = target.StartsWith('/') ? "" : from[..(from.LastIndexOf('/') + 1)];
        foreach (string part in (start + target).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(Uri.UnescapeDataString(part));
            }
        }
        return string.Join('/', parts);
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)[^)]*\)|^\[[^\]]+\]:\s*(?<target>\S+)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?<![\w.~-])/(wor" + @"k|ro" + @"ot)(/|\b(?=[""'`\s]))|\bC:\\Use" + @"rs\\\w|(?<![\w.])/Use" + @"rs/\w")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"nuget\.o" + @"rg|npmj" + @"s\.|pypi\.o" + @"rg|pkgs\.dev\.az" + @"ure|artifac" + @"tory", RegexOptions.IgnoreCase)]
    private static partial Regex Registry();

    [GeneratedRegex(@"(^|/)(Utils?|Utilities|Helpers?|Common|Misc|Shared)(/|\.cs$)|(Utils?|Helpers?)\.cs$", RegexOptions.IgnoreCase)]
    private static partial Regex Nameless();

    [GeneratedRegex(@"^(src|samples)/.*\.csproj$|^tests/[^/]+/[^/]+\.csproj$")]
    private static partial Regex ProjectOfSolution();
}
