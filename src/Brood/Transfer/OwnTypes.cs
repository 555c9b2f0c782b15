using System.Buffers.Binary;
using System.Reflection;

namespace Brood.Transfer;

/// <summary>The application's own types by name: every assembly that is not the framework's, nor Brood's.</summary>
internal static class OwnTypes
{
    private static readonly Lock s_gate = new();

    // Both under s_gate. The first: assembly name to all of its types by full name.
    private static readonly Dictionary<string, Dictionary<string, Type>> s_loaded = [];
    private static readonly Dictionary<Assembly, Facts> s_assemblies = [];

    /// <summary>Whether the assembly comes with .NET. Told by the key that it is signed with: a location may be missing.</summary>
    public static bool IsFramework(Assembly assembly) => Describe(assembly).IsFramework;

    /// <summary>The simple name, without the cost of asking the assembly each time.</summary>
    public static string? NameOf(Assembly assembly) => Describe(assembly).Name;

    // A class: of a dictionary of structs each process would have to compile its own.
    private sealed record Facts(string? Name, bool IsFramework);

    private static Facts Describe(Assembly assembly)
    {
        lock (s_gate)
        {
            if (!s_assemblies.TryGetValue(assembly, out Facts? known))
            {
                AssemblyName name = assembly.GetName();
                bool isFramework = name.GetPublicKeyToken() is { Length: 8 } token && IsFrameworkToken(token)
                    && name.Name is not "FSharp.Core";
                s_assemblies[assembly] = known = new Facts(name.Name, isFramework);
            }
            return known;
        }
    }

    /// <summary>Finds a type that the bytes name. Only a trusted writer can cause an assembly to be loaded.</summary>
    public static Type Find(string assemblyName, string fullName, bool trusted)
    {
        Type? type = trusted ? FindTrusted(assemblyName, fullName) : FindLoaded(assemblyName, fullName);
        return type ?? throw new TransferException(
            $"The bytes name {fullName} of {assemblyName}, which is not a type of the application's own assemblies. "
            + $"Declare it as the result or argument type, or list it: {nameof(WorkerOptions)}.KnownTypes = [typeof({fullName})].",
            fullName);
    }

    private static Type? FindTrusted(string assemblyName, string fullName)
    {
        try
        {
            return FindAssembly(assemblyName) is { } loaded && loaded.GetType(fullName) is { } type ? type
                : Assembly.Load(new AssemblyName(assemblyName)).GetType(fullName);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or ArgumentException)
        {
            throw new TransferException($"{fullName} of {assemblyName} cannot be loaded here: {e.Message}", fullName, e);
        }
    }

    private static Assembly? FindAssembly(string name)
    {
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsDynamic && NameOf(assembly) == name)
            {
                return assembly;
            }
        }
        return null;
    }

    private static Type? FindLoaded(string assemblyName, string fullName)
    {
        lock (s_gate)
        {
            if (!s_loaded.TryGetValue(assemblyName, out Dictionary<string, Type>? types))
            {
                if (FindAssembly(assemblyName) is not { } assembly || IsFramework(assembly) || assembly == typeof(OwnTypes).Assembly)
                {
                    // Not remembered: the names come from outside, and the assembly may be loaded later.
                    return null;
                }
                types = [];
                foreach (Type type in TypesOf(assembly))
                {
                    if (type.FullName is { } name)
                    {
                        types.TryAdd(name, type);
                    }
                }
                s_loaded[assemblyName] = types;
            }
            return types.GetValueOrDefault(fullName);
        }
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.Types.OfType<Type>();
        }
    }

    // The keys of the runtime, of mscorlib and System, of the BCL, of ASP.NET and Microsoft.Extensions, of WPF.
    private static bool IsFrameworkToken(ReadOnlySpan<byte> token) => BinaryPrimitives.ReadUInt64BigEndian(token)
        is 0x7cec85d7bea7798e or 0xb77a5c561934e089 or 0xb03f5f7f11d50a3a or 0xcc7b13ffcd2ddd51 or 0xadb9793829ddae60
        or 0x31bf3856ad364e35;
}
