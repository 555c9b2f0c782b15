// The programs of "Simple Concurrency in Python" by Daniel Holden, with await.

using System.Diagnostics;
using Brood;

string[] names = ["Dan", "Chess", "Tom", "Mike"];

// One process for each call.
Console.WriteLine("One process per call:");
var clock = Stopwatch.StartNew();
Task<string>[] greetings = [.. names.Select(name => Worker.RunAsync(Greet, name))];
List<string> greeted = [];
for (int i = 0; i < greetings.Length; i++)
{
    greeted.Add(await greetings[i]);
    Console.WriteLine($"{i} {greeted[i]}");
}
TimeSpan perCall = clock.Elapsed;
Console.WriteLine($"Four greetings of one second each took {perCall.TotalSeconds:0.00} s.");
Console.WriteLine();

// Four processes, started ahead and used twice.
Console.WriteLine("Four workers, started ahead:");
clock.Restart();
Worker[] workers = await Task.WhenAll(names.Select(_ => Worker.StartAsync()));
Console.WriteLine($"Started in {clock.Elapsed.TotalSeconds:0.00} s.");

clock.Restart();
greetings = [.. workers.Zip(names, (worker, name) => worker.CallAsync(Greet, name))];
for (int i = 0; i < greetings.Length; i++)
{
    Console.WriteLine($"{i} {await greetings[i]}");
}
TimeSpan ahead = clock.Elapsed;
Console.WriteLine($"Four greetings took {ahead.TotalSeconds:0.00} s.");

clock.Restart();
int[] squares = await Task.WhenAll(workers.Select((worker, i) => worker.CallAsync(Square, i)));
for (int i = 0; i < squares.Length; i++)
{
    Console.WriteLine($"{i} {squares[i]}");
}
Console.WriteLine($"Four squares took {clock.Elapsed.TotalMilliseconds:0.0} ms.");

WorkerExit[] exits = await Task.WhenAll(workers.Select(worker => worker.JoinAsync()));
Console.WriteLine($"Joined: {string.Join(", ", exits.Select(exit => $"worker {exit.ProcessId} served {exit.CallsServed} calls"))}.");

bool asExpected = greeted.SequenceEqual(names.Select(name => $"Hello {name}!"))
    && squares.SequenceEqual([0, 1, 4, 9])
    && exits.All(exit => exit is { Reason: ExitReason.Joined, CallsServed: 2 })
    && perCall < TimeSpan.FromSeconds(4)
    && ahead < TimeSpan.FromSeconds(4);
return asExpected ? 0 : 1;

static string Greet(string name)
{
    Thread.Sleep(1000);
    return $"Hello {name}!";
}

static int Square(int x) => x * x;
