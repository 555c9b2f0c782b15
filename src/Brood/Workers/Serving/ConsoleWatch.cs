using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brood.Workers.Serving;

/// <summary>Knows whether anything in this worker has used the console.</summary>
/// <remarks>Loading the console takes longer than a first call; a worker that never prints never loads it.</remarks>
internal sealed class ConsoleWatch
{
    private const string ConsoleAssembly = "System.Console,";

    private volatile bool _isUsed;

    public ConsoleWatch()
    {
        AppDomain.CurrentDomain.AssemblyLoad += (_, e) => Look(e.LoadedAssembly);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Look(assembly);
        }
    }

    public bool IsUsed => _isUsed;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush()
    {
        Console.Out.Flush();
        Console.Error.Flush();
    }

    private void Look(Assembly assembly)
    {
        if (assembly.FullName?.StartsWith(ConsoleAssembly, StringComparison.Ordinal) == true)
        {
            _isUsed = true;
        }
    }
}
