namespace Brood.Memory;

/// <summary>Where the sources are that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Brood.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder ?? throw new InvalidOperationException($"No Brood.slnx above {AppContext.BaseDirectory}.");
    }
}
