namespace Brood.Repository;

/// <summary>Each rule finds what it is for, and leaves its neighbours alone.</summary>
public class TidyRuleTests
{
    [Theory]
    [InlineData("src/Brood/Worker.cs", "unsafe void F() { }", 1)]
    [InlineData("src/Brood/Memory/SharedRegion.cs", "unsafe void F() { }", 0)]
    [InlineData("src/Brood/Worker.cs", "// unsafe\nvar s = \"unsafe\"; token.UnsafeRegister(f, null);", 0)]
    public void Unsafe_code_belongs_in_Memory(string path, string text, int findings) => Check(CodeRules.UnsafeOutsideMemory, path, text, findings);

    [Theory]
    [InlineData("src/Brood/Workers/X.cs", "if (OperatingSystem.IsLinux()) { }", 1)]
    [InlineData("src/Brood/Workers/X.cs", "RuntimeInformation.IsOSPlatform(OSPlatform.OSX)", 1)]
    [InlineData("src/Brood/Platform/X.cs", "if (OperatingSystem.IsLinux()) { }", 0)]
    [InlineData("tests/Brood.Tests/X.cs", "if (OperatingSystem.IsLinux()) { }", 0)]
    public void Questions_for_the_system_belong_in_Platform(string path, string text, int findings) =>
        Check(CodeRules.OperatingSystemOutsidePlatform, path, text, findings);

    [Theory]
    [InlineData("src/Brood/Workers/X.cs", "static readonly Meter s_meter = new(\"Brood\");", 1)]
    [InlineData("src/Brood/Workers/X.cs", "var source = new ActivitySource(\"Brood\");", 1)]
    [InlineData("src/Brood/Workers/X.cs", "var activity = new Activity(\"Brood.Call\");", 0)]
    [InlineData("src/Brood/Diagnostics/X.cs", "var source = new ActivitySource(\"Brood\");", 0)]
    public void Meters_belong_in_Diagnostics(string path, string text, int findings) => Check(CodeRules.MetersOutsideDiagnostics, path, text, findings);

    [Theory]
    [InlineData("src/Brood/X.cs", "var now = DateTimeOffset.UtcNow;", 1)]
    [InlineData("tests/Brood.Tests/X.cs", "int seed = Environment.TickCount;", 1)]
    [InlineData("src/Brood/X.cs", "var now = clock.GetUtcNow(); var epoch = DateTime.UnixEpoch;", 0)]
    [InlineData("bench/Inside/X.cs", "var now = DateTime.UtcNow;", 0)]
    public void The_clock_is_a_TimeProvider(string path, string text, int findings) => Check(CodeRules.WallClock, path, text, findings);

    [Theory]
    [InlineData("src/Brood/X.cs", "Thread.Sleep(10);", 1)]
    [InlineData("tests/Brood.Tests/X.cs", "await Task.Delay(100, token);", 1)]
    [InlineData("tests/Brood.Tests/X.cs", "Thread.Sleep(Timeout.Infinite);", 0)]
    [InlineData("tests/Brood.Tests/X.cs", "await Task.Delay(Timeout.InfiniteTimeSpan, token);", 0)]
    [InlineData("src/Brood/X.cs", "await Task.WhenAny(work, Task.Delay(limit));", 0)]
    public void Nothing_sleeps(string path, string text, int findings) => Check(CodeRules.Sleeping, path, text, findings);

    [Theory]
    [InlineData("src/Brood/X.cs", "#pragma warning disable CS0649", 1)]
    [InlineData("src/Brood/X.cs", "var s = \"#pragma\"; // #pragma", 0)]
    [InlineData("tests/Brood.Tests/X.cs", "#pragma warning disable CS0649", 0)]
    public void There_is_no_pragma_in_src(string path, string text, int findings) => Check(CodeRules.Pragmas, path, text, findings);

    [Theory]
    [InlineData("// TO" + "DO: later", 1)]
    [InlineData("// HA" + "CK", 1)]
    [InlineData("// to do it well; a hackathon", 0)]
    public void Nothing_is_left_for_later(string text, int findings) => Check(CodeRules.LeftForLater, "src/Brood/X.cs", text, findings);

    [Theory]
    [InlineData(CodeRules.MaxFileLines + 1, 1)]
    [InlineData(CodeRules.MaxFileLines, 0)]
    public void Files_are_short(int lines, int findings) => Check(CodeRules.LongFiles, "src/Brood/X.cs", string.Concat(Enumerable.Repeat("\n", lines)), findings);

    [Theory]
    [InlineData("namespace N\n{\nclass C\n{\nvoid F(int x)\n{\n", "}\n}\n}\n", CodeRules.MaxFunctionLines + 1, 1)]
    [InlineData("class C\n{\nvoid F()\n{\nif (x)\n{\n", "}\n}\n}\n", CodeRules.MaxFunctionLines, 1)]
    [InlineData("class C\n{\nvoid F()\n{\n", "}\n}\n", CodeRules.MaxFunctionLines, 0)]
    [InlineData("class C\n{\nvoid F() { }\n", "}\n", 4 * CodeRules.MaxFunctionLines, 0)]
    [InlineData("class C\n{\nvoid F() { }\nchar c = '{'; string s = $\"{x} }}\";\n", "}\n", 4 * CodeRules.MaxFunctionLines, 0)]
    public void Functions_are_short(string before, string after, int lines, int findings) =>
        Check(CodeRules.LongFunctions, "src/Brood/X.cs", before + string.Concat(Enumerable.Repeat("x;\n", lines)) + after, findings);

    [Theory]
    [InlineData("# One\n\n## Section\n```sh\n# a comment\n```\n", 0)]
    [InlineData("no title\n", 1)]
    [InlineData("# One\n# Two\n", 1)]
    public void A_document_has_one_title(string text, int findings) => Check(TreeRules.OneTitle, "docs/x.md", text, findings);

    [Theory]
    [InlineData("[a](there.md) [b](../README.md#part) [c](https://example.org) [d](#here) `[e](x.md)`", 0)]
    [InlineData("[a](gone.md)", 1)]
    [InlineData("[a]: gone.md", 1)]
    public void A_link_leads_somewhere(string text, int findings) =>
        Check(file => TreeRules.DeadLinks(file, path => path is "docs/there.md" or "README.md"), "docs/x.md", text, findings);

    [Theory]
    [InlineData("cd /wor" + "k/main", 1)]
    [InlineData("path = \"/ro" + "ot/.nuget\"", 1)]
    [InlineData("see src/work/x and network/root", 0)]
    public void No_path_is_of_one_machine(string text, int findings) => Check(TreeRules.PathsOfOneMachine, "docs/x.md", text, findings);

    [Theory]
    [InlineData("https://api.nuget.o" + "rg/v3", 1)]
    [InlineData("a NuGet package", 0)]
    public void No_registry_is_named(string text, int findings) => Check(TreeRules.Registries, "docs/x.md", text, findings);

    [Theory]
    [InlineData("src/Brood/Utils/X.cs", 1)]
    [InlineData("src/Brood/StringHelper.cs", 1)]
    [InlineData("src/Brood/SharedArray.cs", 0)]
    [InlineData("src/Brood/Memory/SharedRegion.cs", 0)]
    public void Every_folder_has_a_name(string path, int findings) => Check(file => TreeRules.FoldersWithoutAName(file.Path), path, "", findings);

    [Theory]
    [InlineData("samples/Resize/Resize.csproj", 1)]
    [InlineData("samples/Map/Map.csproj", 0)]
    [InlineData("bench/peers/Grpc/Grpc.csproj", 0)]
    public void Every_project_is_in_the_solution(string path, int findings) =>
        Check(file => TreeRules.ProjectsOutsideSolution(file.Path, "<Project Path=\"samples/Map/Map.csproj\" />"), path, "", findings);

    [Theory]
    [InlineData("a // b\nc", "a     \nc")]
    [InlineData("a /* b\n */ c", "a     \n    c")]
    [InlineData("f(\"x\\\"y\") + '\\''", "f(      ) +     ")]
    [InlineData("@\"a\"\"b\" + z", "@       + z")]
    [InlineData("$\"a{b(\"c\")}d\" + e", "$   b(   )    + e")]
    [InlineData("$\"{{a}}\" + e", "$        + e")]
    [InlineData("\"\"\"a \" b\"\"\" + e", "            + e")]
    public void Rules_see_code_alone(string text, string code) => Assert.Equal(code, CodeText.Of(text));

    private static void Check(Func<SourceFile, IEnumerable<Finding>> rule, string path, string text, int findings) =>
        Assert.Equal(findings, rule(new SourceFile(path, text)).Count());
}
