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
if (args is ["values"])
{
    await Values.RunAsync();
    return 0;
}
if (args is [nameof(Values), Values.FirstCall, var kind])
{
    await Values.FirstCallAsync(kind);
    return 0;
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
