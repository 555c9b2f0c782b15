#:package Brood@*-*
using Brood;

// The whole program is this file: dotnet run app.cs
var counter = Environment.GetEnvironmentVariable("MAIN_COUNTER")!;
File.AppendAllText(counter, "Main\n");
if (File.ReadAllLines(counter).Length > 3) return 99;

await using var worker = await Worker.StartAsync();
int nine = await worker.CallAsync(Square, 3);
int nested = await worker.CallAsync(InAWorkerOfItsOwn);
Console.WriteLine($"nine={nine} nested={nested} main={File.ReadAllLines(counter).Length}");
return 0;

static int Square(int x) => x * x;

static async Task<int> InAWorkerOfItsOwn()
{
    await using var worker = await Worker.StartAsync();
    return await worker.CallAsync(Square, 3);
}
