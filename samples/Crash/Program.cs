// Native code writes where it must not. In one process that is the end of the program; here it is the end of one call.

using System.Runtime.InteropServices;
using Brood;

await using var pool = new WorkerPool(workers: 2);

Task<long>[] sums = [.. Enumerable.Range(1, 8).Select(i => pool.CallAsync(Sum, i * 1_000_000))];
Task crash = pool.CallAsync(Scribble, 0xBAD);

bool wasNamed = false;
try
{
    await crash;
}
catch (WorkerCrashedException error)
{
    Console.WriteLine(error.Message);
    Console.WriteLine();
    Console.WriteLine($"Worker {error.Exit.ProcessId} ended by {error.Exit.Signal} in {error.Function}; the function had {(error.Started ? "" : "not ")}started.");
    wasNamed = error is { Started: true, Exit: { Reason: ExitReason.Signal, Signal: "SIGSEGV" } };
}

long[] results = await Task.WhenAll(sums);
bool allRight = results.Index().All(sum => sum.Item == Expected((sum.Index + 1) * 1_000_000));
Console.WriteLine($"The {results.Length} other calls ended {(allRight ? "well" : "with wrong results")}.");

long next = await pool.CallAsync(Sum, 1_000);
Console.WriteLine($"The next call on the pool returned {next:N0}.");
return wasNamed && allRight && next == Expected(1_000) ? 0 : 1;

// memset runs in libc: the runtime cannot turn its fault into an exception.
static void Scribble(int address) => Libc.Fill(address, 'x', 1024);

static long Sum(int count)
{
    long sum = 0;
    for (int i = 1; i <= count; i++)
    {
        sum += i;
    }
    return sum;
}

static long Expected(long count) => count * (count + 1) / 2;

internal static class Libc
{
    [DllImport("libc", EntryPoint = "memset")]
    public static extern nint Fill(nint address, int value, nint bytes);
}
