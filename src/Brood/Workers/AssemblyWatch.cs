using System.Reflection;

namespace Brood.Workers;

/// <summary>Knows whether an assembly of the framework has been loaded. What is not loaded has not been used.</summary>
/// <remarks>Asking the assembly itself would load it, which takes longer than a first call.</remarks>
internal sealed class AssemblyWatch
{
    private readonly string _namePrefix;
    private volatile bool _isLoaded;

    public AssemblyWatch(string name)
    {
        _namePrefix = name + ",";
        AppDomain.CurrentDomain.AssemblyLoad += (_, e) => Look(e.LoadedAssembly);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Look(assembly);
        }
    }

    public bool IsLoaded => _isLoaded;

    private void Look(Assembly assembly)
    {
        if (assembly.FullName?.StartsWith(_namePrefix, StringComparison.Ordinal) == true)
        {
            _isLoaded = true;
        }
    }
}
