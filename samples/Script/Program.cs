// Runs C# that a stranger typed, in a worker with a time limit and a memory limit. In a terminal, type an expression or
// statements, a line each; an empty line ends. Without a terminal it tries what strangers try.

using Brood;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

await using var pool = new WorkerPool(new WorkerPoolOptions
{
    Workers = 1,
    SpareWorkers = 1, // The compiler takes a second to get warm: a worker that was killed has a warm successor.
    Output = WorkerOutput.To(line => (line.IsError ? TextWriter.Null : Console.Out).WriteLine(line.Text)),
    Initialize = WarmUp,
    MaxMemoryBytes = 256L << 20,
    Call = new CallOptions { Timeout = TimeSpan.FromSeconds(5), Name = "the script" },
});

if (!Console.IsInputRedirected)
{
    while (Prompt() is { Length: > 0 } source)
    {
        await Show(source);
    }
    return 0;
}

(string Source, Func<Outcome, bool> IsExpected)[] attempts =
[
    ("Enumerable.Range(1, 10).Select(n => n * n).Sum()", o => o.Value == "385"),
    ("Console.WriteLine(\"hello from a stranger\"); 6 * 7", o => o.Value == "42"),
    ("while (true) { try { } finally { } }", o => o.Error is CallTimeoutException { Started: true }),
    ("var all = new List<byte[]>(); while (true) { all.Add(new byte[1 << 20]); Array.Fill(all[^1], (byte)1); }",
        o => o.Error is WorkerCrashedException { Exit.Reason: ExitReason.MemoryLimit }),
    ("int.Parse(\"forty-two\")", o => o.Error is FormatException),
    ("int x = \"forty-two\";", o => o.Error?.Message.Contains("CS0029") == true),
    ("int F(int n) => F(n + 1) + 1; F(0)", o => o.Error is WorkerCrashedException { Exit.Reason: ExitReason.StackOverflow }),
    ("Environment.Exit(3); 1", o => o.Error is WorkerCrashedException { Exit: { Reason: ExitReason.Exited, ExitCode: 3 } }),
    ("\"and the program is still \" + \"here\"", o => o.Value == "\"and the program is still here\""),
];

bool allExpected = true;
foreach ((string source, Func<Outcome, bool> isExpected) in attempts)
{
    Console.WriteLine($"> {source}");
    allExpected &= isExpected(await Show(source));
    Console.WriteLine();
}
return allExpected ? 0 : 1;

async Task<Outcome> Show(string source)
{
    await pool.WarmUpAsync(); // The time limit is for the script, not for the start of a worker.
    Outcome outcome;
    try
    {
        outcome = new Outcome(Value: await pool.CallAsync(Evaluate, source));
        Console.WriteLine(outcome.Value);
    }
    catch (Exception error)
    {
        outcome = new Outcome(Error: error);
        Console.WriteLine($"{error.GetType().Name}: {error.Message.Split('\n')[0]}");
    }
    return outcome;
}

static string? Prompt()
{
    Console.Write("> ");
    return Console.ReadLine();
}

static void WarmUp() => Evaluate("1 + 1").GetAwaiter().GetResult();

static async Task<string> Evaluate(string source)
{
    ScriptOptions options = ScriptOptions.Default
        .WithReferences(typeof(object).Assembly, typeof(Enumerable).Assembly, typeof(Console).Assembly)
        .WithImports("System", "System.Collections.Generic", "System.Linq", "System.Math");
    object? value = await CSharpScript.EvaluateAsync(source, options);
    // Text, because what a script makes may be of a type that exists in the worker only.
    return value is string text ? $"\"{text}\"" : value?.ToString() ?? "";
}

internal sealed record Outcome(string? Value = null, Exception? Error = null);
