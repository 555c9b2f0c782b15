using System.Runtime.CompilerServices;

namespace Brood.Workers.Serving;

/// <summary>Knows whether anything in this worker has used the console.</summary>
internal sealed class ConsoleWatch
{
    private readonly AssemblyWatch _console = new("System.Console");

    public bool IsUsed => _console.IsLoaded;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush()
    {
        Console.Out.Flush();
        Console.Error.Flush();
    }
}
