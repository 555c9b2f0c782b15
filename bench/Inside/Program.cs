using Brood.Bench;
using BenchmarkDotNet.Running;

if (args is ["deaths"])
{
    await Deaths.RunAsync();
    return 0;
}
if (args is [Crowded.Command, .. string[] rest])
{
    return await Crowded.RunAsync(rest);
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
