namespace Brood.Repository;

/// <summary>One file of the repository, as the rules see it.</summary>
/// <param name="Path">From the root of the repository, with slashes.</param>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>As it stands.</summary>
    public string[] Lines { get; } = Text.Split('\n');

    /// <summary>Without comments and the contents of literals, if this is C#.</summary>
    public string[] Code { get; } = Path.EndsWith(".cs", StringComparison.Ordinal) ? CodeText.Of(Text).Split('\n') : [];

    public bool IsUnder(params string[] folders) => folders.Any(folder => Path.StartsWith(folder + "/", StringComparison.Ordinal));

    public Finding At(int lineIndex, string rule) => new($"{Path}:{lineIndex + 1}", rule);
}

/// <summary>A broken rule: where, and what to do instead.</summary>
internal sealed record Finding(string Place, string Rule)
{
    public override string ToString() => $"{Place}: {Rule}";
}
