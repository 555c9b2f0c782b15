namespace Brood.Bench;

/// <summary>Where things lie. Found from where the program runs, upwards.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Peers => Path.Combine(Root, "bench", "peers");

    public static string Results => Path.Combine(Root, "bench", "results");

    public static string Readme => Path.Combine(Root, "bench", "README.md");

    /// <summary>What the runner compiles.</summary>
    public static string Built => Path.Combine(Root, "artifacts", "bench");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Brood.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new UsageException(
            "The repository was not found above the program. Run it with dotnet run, inside the repository.");
    }
}
