using System.Text.RegularExpressions;
using Brood.Memory;

namespace Brood.Channel;

/// <summary>docs/protocol.md, as the tests read it.</summary>
internal static partial class ProtocolPage
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "protocol.md"));

    /// <summary>By name: the bytes, and what they mean.</summary>
    public static Dictionary<string, (byte[] Bytes, string Decoded)> Examples { get; } = Example().Matches(s_text).ToDictionary(
        match => match.Groups["name"].Value,
        match => (Convert.FromHexString(match.Groups["hex"].Value.Replace(" ", "").Replace("\n", "")), match.Groups["decoded"].Value));

    /// <summary>The cells of the table that follows this mark, without its heading.</summary>
    public static List<string[]> Rows(string mark)
    {
        int start = s_text.IndexOf($"<!-- {mark} -->", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/protocol.md has no table <!-- {mark} -->");
        return [.. s_text[start..].Split('\n').Skip(1)
            .SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())];
    }

    [GeneratedRegex(@"```frame (?<name>[a-z-]+)\n(?<hex>[0-9a-f \n]+)\n---\n(?<decoded>[^\n]*)\n```")]
    private static partial Regex Example();
}
