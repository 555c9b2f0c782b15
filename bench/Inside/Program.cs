using Brood.Bench;
using BenchmarkDotNet.Running;

if (args is ["deaths"])
{
    await Deaths.RunAsync();
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
