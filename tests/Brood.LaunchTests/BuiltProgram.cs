using System.Text;

namespace Brood;

/// <summary>A program that is ready to run, and the ways to run it.</summary>
public sealed class BuiltProgram(PackedBrood brood, string name, string folder)
{
    public string Folder => folder;

    public string Executable => Path.Combine(folder, name);

    public string Dll => Path.Combine(folder, name + ".dll");

    /// <summary>Runs the executable under a limit on processes.</summary>
    public Task<CountedRun> RunAsync(params (string Name, string Value)[] environment) =>
        RunAsync(ProcessLimit.Around(Executable, []), environment);

    /// <summary>Runs these words in the program's folder.</summary>
    public Task<CountedRun> RunAsync(string[] words, params (string Name, string Value)[] environment) =>
        CountedRun.StartAsync(brood, folder, words, environment);
}

/// <summary>A run in which each Main, whichever process it ran in, left a line in a file.</summary>
public sealed record CountedRun(ProgramRun Program, int Mains, IReadOnlyList<int> Survivors)
{
    /// <summary>What a program prints whose calls and whose worker's calls all worked.</summary>
    public const string AllCallsWorked = "nine=9 nested=9";

    private const string CounterVariable = "MAIN_COUNTER";

    public static async Task<CountedRun> StartAsync(
        PackedBrood brood, string folder, string[] words, params (string Name, string Value)[] environment)
    {
        var counter = Path.Combine(brood.CreateScratchFolder(), "mains");
        var variables = environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        variables[CounterVariable] = counter;
        variables["MSBUILDDISABLENODEREUSE"] = "1";
        var run = await ProgramRun.StartAsync(words[0], words[1..], folder, variables);
        return new CountedRun(run, File.Exists(counter) ? File.ReadAllLines(counter).Length : 0, ProcessesWith(counter));
    }

    /// <summary>Every call worked, Main ran once in all, and nothing that the program started is left.</summary>
    public void AssertAllCallsWorked()
    {
        Assert.True(Program.ExitCode == 0, Program.ToString());
        Assert.Contains(AllCallsWorked, Program.Output);
        AssertMainRanOnce();
    }

    public void AssertRefused(string word)
    {
        Assert.Contains("refused main=1", Program.Output);
        Assert.Contains(word, Program.Output);
        Assert.Contains("No process was started", Program.Output);
        AssertMainRanOnce();
    }

    public void AssertMainRanOnce()
    {
        Assert.True(Mains == 1, $"Main ran {Mains} times.\n{Program}");
        Assert.True(Survivors.Count == 0, $"Still running: {string.Join(", ", Survivors)}\n{Program}");
    }

    // Whatever the program starts inherits the name of its counter.
    private static int[] ProcessesWith(string counter)
    {
        var found = new List<int>();
        foreach (var process in Directory.GetDirectories("/proc").Where(name => char.IsDigit(Path.GetFileName(name)[0])))
        {
            try
            {
                if (Encoding.UTF8.GetString(File.ReadAllBytes($"{process}/environ")).Contains(counter))
                    found.Add(int.Parse(Path.GetFileName(process)));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at, or it belongs to another user.
            }
        }

        return [.. found];
    }
}
