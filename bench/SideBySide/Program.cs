using Brood.Bench;
using Brood.Bench.Measuring;
using Brood.Bench.Peers;
using Brood.Bench.Reporting;

if (args is [InProcessPeers.Verb, string name, .. string[] scenarioArgs])
{
    return await InProcessPeers.RunAsync(name, scenarioArgs);
}
try
{
    return await SideBySide.RunAsync(BenchOptions.Parse(args));
}
catch (UsageException problem)
{
    Console.Error.WriteLine(problem.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}
