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
        Flush(Console.Out);
        Flush(Console.Error);
    }

    private static void Flush(TextWriter writer)
    {
        try
        {
            writer.Flush();
        }
        catch (Exception)
        {
            // A writer that a function put there and has closed since. Its failure is no call's, and must not end the worker.
        }
    }
}
