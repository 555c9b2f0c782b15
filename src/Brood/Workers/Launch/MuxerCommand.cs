namespace Brood.Workers.Launch;

/// <summary>
/// What <c>dotnet</c> itself takes from its command line:
/// <c>dotnet [exec] [--option value]… program.dll</c>. Words after the program belong to the program.
/// </summary>
internal sealed record MuxerCommand(List<MuxerOption> Options, string Program)
{
    public const string RuntimeConfigOption = "--runtimeconfig";
    public const string DepsFileOption = "--depsfile";

    private static readonly string[] s_pathOptions =
        [RuntimeConfigOption, DepsFileOption, "--additionalprobingpath"];

    private static readonly string[] s_otherOptions =
        ["--fx-version", "--roll-forward", "--roll-forward-on-no-candidate-fx", "--additional-deps"];

    /// <summary>Null if the words run a command of the SDK, such as <c>dotnet test</c>, and no program directly.</summary>
    public static MuxerCommand? Parse(IReadOnlyList<string> words)
    {
        var options = new List<MuxerOption>();
        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i];
            if (i == 1 && word == "exec") continue;
            if (IsIn(s_pathOptions, word) || IsIn(s_otherOptions, word))
            {
                if (++i == words.Count) return null;
                options.Add(new MuxerOption(word, words[i]));
                continue;
            }

            return IsProgram(word) ? new MuxerCommand(options, word) : null;
        }

        return null;
    }

    public string? Option(string name)
    {
        foreach (var option in Options)
            if (option.Name == name) return option.Value;
        return null;
    }

    public bool ResolvesIn(string directory)
    {
        foreach (var (name, value) in Options)
            if (IsIn(s_pathOptions, name) && !Path.Exists(Path.GetFullPath(value, directory))) return false;
        return File.Exists(Path.GetFullPath(Program, directory));
    }

    // Without LINQ, here and below: its assembly would be loaded before the first worker can be started.
    public MuxerCommand Absolute(string directory)
    {
        var options = new List<MuxerOption>(Options.Count);
        foreach (var (name, value) in Options)
            options.Add(new MuxerOption(name, IsIn(s_pathOptions, name) ? Path.GetFullPath(value, directory) : value));
        return new MuxerCommand(options, Path.GetFullPath(Program, directory));
    }

    /// <summary>With one option more.</summary>
    public MuxerCommand With(string name, string value) => this with { Options = [.. Options, new MuxerOption(name, value)] };

    public IReadOnlyList<string> ToArguments()
    {
        var words = new List<string> { "exec" };
        foreach (var (name, value) in Options)
        {
            words.Add(name);
            words.Add(value);
        }
        words.Add(Program);
        return words;
    }

    private static bool IsIn(string[] names, string word) => Array.IndexOf(names, word) >= 0;

    private static bool IsProgram(string word) =>
        word.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
        || word.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);
}

// A class, and lists of it: collections of own structs are compiled anew in each process.
internal sealed record MuxerOption(string Name, string Value);
