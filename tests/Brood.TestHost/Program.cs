using Brood;
using Brood.TestHost;
using Brood.TestHost.Behaviours;

// A host that tests may kill. The first argument names what its workers do; what it reads afterwards is how it is to end.
Task<Worker[]> start = args[0] switch
{
    nameof(Idle) => Idle.StartAsync(),
    nameof(Sleeping) => Sleeping.StartAsync(),
    nameof(Spinning) => Spinning.StartAsync(),
    nameof(InNativeCode) => InNativeCode.StartAsync(),
    nameof(WithGrandchild) => WithGrandchild.StartAsync(),
    nameof(Nested) => Nested.StartAsync(),
    nameof(Starting) => Starting.StartAsync(),
    nameof(Crowd) => Crowd.StartAsync(),
    nameof(Printing) => Printing.StartAsync(),
    nameof(Inheriting) => Inheriting.StartAsync(),
    _ => throw new ArgumentException($"There is no behaviour '{args[0]}'."),
};
Worker[] workers = await start;
Console.WriteLine(Ending.Ready);
return await Ending.WaitAsync(workers);
