namespace Brood.Workers.Launch;

/// <summary>The reasons for which no worker is started, each with the line to type next.</summary>
internal static class LaunchRefusals
{
    private const string NothingStarted = "No process was started.";

    public static string HooksAreOff(string program) =>
        $"""
        {program} cannot start workers: its feature switch System.StartupHookProvider.IsSupported is off, and workers
        of a program of this kind start through a start-up hook. {NothingStarted}
        Building with PublishTrimmed or PublishAot (the default of file-based apps) turns the switch off. Turn it on:
            <StartupHookSupport>true</StartupHookSupport>      in a <PropertyGroup> of the project file, or
            #:property StartupHookSupport=true                 at the top of a file-based app.
        """;

    public static string NativeAot(string program) =>
        $"""
        {program} cannot start workers: it is compiled with NativeAOT, which Brood does not support yet. {NothingStarted}
        Publish without it: remove <PublishAot>true</PublishAot> from the project file, or set it to false
        (#:property PublishAot=false in a file-based app).
        """;

    public static string NoEntryAssembly(string program) =>
        $"""
        {program} cannot start workers: .NET was loaded into it as a component, so there is no managed program that could
        be started again as a worker. {NothingStarted}
        Call Brood from a program of its own (<OutputType>Exe</OutputType>) and start that one from {program}.
        """;

    public static string UnknownLayout(string program, string missing) =>
        $"""
        {program} cannot start workers: it is run by dotnet in a way that Brood does not know, and {missing} is missing,
        which 'dotnet exec' needs. {NothingStarted}
        Start it through its own executable (<UseAppHost>true</UseAppHost> makes one) or as: dotnet path/to/program.dll
        """;

    public static string NoProcessPath() =>
        $"This program cannot start workers: the system does not tell the path of its executable. {NothingStarted}";

    public static string UnlistablePath(string broodPath) =>
        $"""
        This program cannot start workers: Brood was loaded from '{broodPath}', outside the program's own
        dependencies, and that path holds '{Path.PathSeparator}', which no list of start-up hooks can carry. {NothingStarted}
        Reference Brood from the program itself (<PackageReference Include="Brood" />), or move the folder.
        """;
}
