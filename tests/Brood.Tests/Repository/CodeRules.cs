using System.Text.RegularExpressions;

namespace Brood.Repository;

/// <summary>Rules for C#. Each takes one file and says what is wrong in it.</summary>
internal static partial class CodeRules
{
    public const int MaxFileLines = 500;
    public const int MaxFunctionLines = 70;

    /// <summary>Who may wait for a time to pass, and why.</summary>
    private static readonly Dictionary<string, string> s_maySleep = new()
    {
        // Nobody so far.
    };

    /// <summary>Who may read the clock of the machine, and why.</summary>
    private static readonly Dictionary<string, string> s_mayReadClock = new()
    {
        ["tests/Brood.LaunchTests/PackedBrood.cs"] = "a version number that no earlier run has left in the package cache",
        ["tests/Brood.Tests/Transfer/FuzzTransfer.cs"] = "a new seed for each run, which is printed",
    };

    public static IEnumerable<Finding> UnsafeOutsideMemory(SourceFile file) => file.IsUnder("src") && !file.IsUnder("src/Brood/Memory")
        ? Find(file, Unsafe(), "unsafe outside Memory/; use spans, ref parameters and what SharedRegion offers") : [];

    public static IEnumerable<Finding> OperatingSystemOutsidePlatform(SourceFile file) => file.IsUnder("src") && !file.IsUnder("src/Brood/Platform")
        ? Find(file, AsksForSystem(), "asks which system this is, outside Platform/; add a member to a class there and call it") : [];

    // An Activity is not a source of activities: Workers/Ambient.cs makes the caller's current again.
    public static IEnumerable<Finding> MetersOutsideDiagnostics(SourceFile file) => file.IsUnder("src") && !file.IsUnder("src/Brood/Diagnostics")
        ? Find(file, MakesMeter(), "makes a meter or an activity source outside Diagnostics/; declare it there") : [];

    public static IEnumerable<Finding> WallClock(SourceFile file) => file.IsUnder("src", "tests") && !s_mayReadClock.ContainsKey(file.Path)
        ? Find(file, Clock(), "reads the machine's clock; take a TimeProvider; in tests a FakeTimeProvider") : [];

    /// <summary>Hanging for ever is a thing that functions under test do, and a limit is not a sleep.</summary>
    public static IEnumerable<Finding> Sleeping(SourceFile file) => file.IsUnder("src", "tests") && !s_maySleep.ContainsKey(file.Path)
        ? Find(file, Sleep(), "sleeps; wait for the event itself, with a limit (WaitAsync), or hang with Timeout.Infinite")
        : [];

    public static IEnumerable<Finding> Pragmas(SourceFile file) => file.IsUnder("src")
        ? Find(file, Pragma(), "#pragma; change the code, or the rule for everybody in the project file with its reason") : [];

    public static IEnumerable<Finding> LeftForLater(SourceFile file)
    {
        for (int i = 0; i < file.Lines.Length; i++)
        {
            if (Later().IsMatch(file.Lines[i]))
            {
                yield return file.At(i, "leaves work for later; do it now, or leave it out");
            }
        }
    }

    public static IEnumerable<Finding> LongFiles(SourceFile file)
    {
        int lines = file.Text.AsSpan().Count('\n');
        if (file.Code.Length > 0 && lines > MaxFileLines)
        {
            yield return file.At(MaxFileLines, $"{lines} lines; at most {MaxFileLines}: give a part of it a name and a file");
        }
    }

    public static IEnumerable<Finding> LongFunctions(SourceFile file)
    {
        var blocks = new Stack<(bool HoldsMembers, int Line)>();
        blocks.Push((true, 0));
        string header = "";
        for (int i = 0; i < file.Code.Length; i++)
        {
            foreach (char c in file.Code[i])
            {
                if (c == '{')
                {
                    blocks.Push((blocks.Peek().HoldsMembers && DeclaresMembers().IsMatch(header), i));
                    header = "";
                }
                else if (c == '}' && blocks.Count > 1)
                {
                    (bool holdsMembers, int start) = blocks.Pop();
                    int lines = i - start - 1;
                    if (!holdsMembers && blocks.Peek().HoldsMembers && lines > MaxFunctionLines)
                    {
                        yield return file.At(start, $"a function of {lines} lines; at most {MaxFunctionLines}: give a part of it a name");
                    }
                    header = "";
                }
                else
                {
                    header = c == ';' ? "" : header + c;
                }
            }
            header += " ";
        }
    }

    private static IEnumerable<Finding> Find(SourceFile file, Regex pattern, string rule)
    {
        for (int i = 0; i < file.Code.Length; i++)
        {
            if (pattern.IsMatch(file.Code[i]))
            {
                yield return file.At(i, rule);
            }
        }
    }

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\bOperatingSystem\s*\.\s*Is|\bRuntimeInformation\s*\.\s*(IsOSPlatform|OSDescription)|\bEnvironment\s*\.\s*OSVersion")]
    private static partial Regex AsksForSystem();

    [GeneratedRegex(@"\bnew\s+(Meter|ActivitySource)\s*[({]|\b(Meter|ActivitySource)\b[^=;]*=\s*new\s*\(|\.\s*CreateMeter\b")]
    private static partial Regex MakesMeter();

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(Now|UtcNow|Today)\b|\bEnvironment\s*\.\s*TickCount|\bTimeProvider\s*\.\s*System\s*\.\s*Get(Utc|Local)Now\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\s*\((?!\s*(System\.Threading\.)?Timeout\.Infinite)|^(?!.*\bWhenAny\b).*\bTask\s*\.\s*Delay\s*\((?!\s*(System\.Threading\.)?Timeout\.Infinite)")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"^\s*#\s*pragma\b")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b")]
    private static partial Regex Later();

    [GeneratedRegex(@"\b(namespace|class|struct|interface|enum|record|extension)\b")]
    private static partial Regex DeclaresMembers();
}
