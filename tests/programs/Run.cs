using System.Diagnostics;
using System.Runtime.InteropServices;
using Brood;

/// <summary>What every program does: once, with a count of how often any Main ran.</summary>
internal static class Run
{
    public static async Task<int> Calls()
    {
        var mains = CountThisMain();
        if (mains > 3) return 99;
        Environment.CurrentDirectory = "/";

        // Told that hooks are on although they are off, the host starts a child, and the child reaches this line.
        if (Environment.GetEnvironmentVariable("CLAIM_HOOKS") is not null)
            AppContext.SetSwitch("System.StartupHookProvider.IsSupported", true);
        try
        {
            await using var worker = await Worker.StartAsync();
            int nine = await worker.CallAsync(Square, 3);
            int nested = await worker.CallAsync(InAWorkerOfItsOwn);
            int clean = await worker.CallAsync(RunShell, "test -z \"$BROOD_WORKER$BROOD_RESTORE$DOTNET_TieredPGO\"");
            int hooks = await worker.CallAsync(RunShell, "test \"$DOTNET_STARTUP_HOOKS\" = \"$HOOKS_OF_THE_HOST\"");
            bool elsewhere = await worker.CallAsync(IsElsewhere, Environment.ProcessId);
            Console.WriteLine(
                $"nine={nine} nested={nested} elsewhere={elsewhere} clean={clean} hooks={hooks} main={CountMains()}");
            Console.WriteLine($"brood={PathOfBrood()}");
            return 0;
        }
        catch (WorkerStartException refusal)
        {
            Console.WriteLine($"refused main={CountMains()}: {refusal.Message}");
            return 3;
        }
    }

    private static int Square(int x) => x * x;

    private static bool IsElsewhere(int host) => Environment.ProcessId != host;

    private static async Task<int> InAWorkerOfItsOwn()
    {
        await using var worker = await Worker.StartAsync();
        return await worker.CallAsync(Square, 3);
    }

    // Both ways in which a function may start a program: through .NET, and through the C library behind its back.
    private static int RunShell(string script)
    {
        using var shell = Process.Start("/bin/sh", ["-c", script]);
        shell.WaitForExit();
        return shell.ExitCode + System(script);
    }

    private static string? PathOfBrood() =>
        (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string)?.Split(':')
            .FirstOrDefault(path => path.EndsWith("/Brood.dll"));

    private static string Counter => Environment.GetEnvironmentVariable("MAIN_COUNTER")!;

    private static int CountThisMain()
    {
        File.AppendAllText(Counter, "Main\n");
        return CountMains();
    }

    private static int CountMains() => File.ReadAllLines(Counter).Length;

    [DllImport("libc", EntryPoint = "system", CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int System(string command);
}
