using System.Collections.Concurrent;
using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Exception types by name. What a worker names is only ever looked up among what is here already.</summary>
internal static class ExceptionTypes
{
    private const byte Definition = 0;
    private const byte Array = 1;
    private const byte Nameless = 2;

    private const int MaxNesting = 8;

    /// <summary>Framework exceptions that a program catches by name, perhaps before it has used their assembly.</summary>
    /// <remarks>
    /// What is loaded is named by these constants, never by the bytes. They are no typeof, because the compiler would load
    /// all these assemblies together with this method.
    /// </remarks>
    internal static Type? WellKnown(string name) => name switch
    {
        "System.ComponentModel.Win32Exception" =>
            Type.GetType("System.ComponentModel.Win32Exception, Microsoft.Win32.Primitives"),
        "System.Net.Http.HttpIOException" => Type.GetType("System.Net.Http.HttpIOException, System.Net.Http"),
        "System.Net.Http.HttpRequestException" => Type.GetType("System.Net.Http.HttpRequestException, System.Net.Http"),
        "System.Net.Sockets.SocketException" => Type.GetType("System.Net.Sockets.SocketException, System.Net.Primitives"),
        "System.Net.WebSockets.WebSocketException" =>
            Type.GetType("System.Net.WebSockets.WebSocketException, System.Net.WebSockets"),
        "System.Text.Json.JsonException" => Type.GetType("System.Text.Json.JsonException, System.Text.Json"),
        "System.Text.RegularExpressions.RegexMatchTimeoutException" =>
            Type.GetType("System.Text.RegularExpressions.RegexMatchTimeoutException, System.Text.RegularExpressions"),
        "System.Text.RegularExpressions.RegexParseException" =>
            Type.GetType("System.Text.RegularExpressions.RegexParseException, System.Text.RegularExpressions"),
        "System.Xml.XmlException" => Type.GetType("System.Xml.XmlException, System.Private.Xml"),
        _ => null,
    };

    public static void Write(TransferWriter writer, Type type, int nesting = 0)
    {
        if (type.IsSZArray)
        {
            writer.WriteByte(Array);
            Write(writer, type.GetElementType()!, nesting);
            return;
        }
        Type definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (definition.FullName is not { } name || type.HasElementType || type.IsGenericParameter || nesting > MaxNesting)
        {
            writer.WriteByte(Nameless);
            return;
        }
        writer.WriteByte(Definition);
        writer.WriteText(AssemblyIdentity.SimpleName(type.Assembly));
        writer.WriteText(name);
        Type[] arguments = type.GetGenericArguments();
        writer.WriteVarint((ulong)arguments.Length);
        foreach (Type argument in arguments)
        {
            Write(writer, argument, nesting + 1);
        }
    }

    /// <returns>The type if it is here and may be built; else null.</returns>
    public static Type? ReadException(ref TransferReader reader) =>
        Read(ref reader, 0) is { IsAbstract: false, ContainsGenericParameters: false } type
        && typeof(Exception).IsAssignableFrom(type) && IsAllowed(type, reader.Policy)
            ? type
            : null;

    private static Type? Read(ref TransferReader reader, int nesting)
    {
        if (nesting > 2 * MaxNesting)
        {
            throw new TransferException("The bytes are damaged: a type nests without end.");
        }
        switch (reader.ReadByte())
        {
            case Definition:
                break;
            case Array:
                return Read(ref reader, nesting + 1) is { } element ? Construct(reader.Policy, element, [], VectorRank) : null;
            default:
                return null;
        }
        Type? definition = Find(reader.ReadText() ?? "", reader.ReadText() ?? "", reader.Policy);
        Type?[] arguments = new Type?[reader.ReadCount()];
        bool isWhole = true;
        for (int index = 0; index < arguments.Length; index++)
        {
            arguments[index] = Read(ref reader, nesting + 1);
            isWhole &= arguments[index] is not null;
        }
        if (definition is null || !isWhole || arguments.Length != definition.GetGenericArguments().Length)
        {
            return null;
        }
        return arguments.Length == 0 ? definition : Construct(reader.Policy, definition, arguments!, 0);
    }

    private static Type? Construct(TypePolicy policy, Type definition, Type[] arguments, int rank)
    {
        try
        {
            return policy.Construct(definition, arguments, rank);
        }
        catch (TransferException)
        {
            // There can be no such type, or workers have named too many.
            return null;
        }
    }

    private const int VectorRank = -1;

    private static bool IsAllowed(Type type, TypePolicy policy)
    {
        if (policy.TrustAll || policy.KnownTypes is not { } known
            || type.Assembly == typeof(object).Assembly || type.Assembly == typeof(BroodException).Assembly)
        {
            return true;
        }
        Type definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        foreach (Type one in known)
        {
            if (one == type || one == definition)
            {
                return true;
            }
        }
        return false;
    }

    private static Type? Find(string assemblyName, string name, TypePolicy policy)
    {
        // These would make Assembly.GetType parse the name and load further assemblies that it mentions.
        if (name.AsSpan().ContainsAny("[],*&\\"))
        {
            return null;
        }
        if (Known.Types.TryGetValue((assemblyName, name), out Type? known))
        {
            return known;
        }
        Type? type = FindLoaded(assemblyName, name) ?? (policy.TrustAll ? Load(assemblyName, name) : null);
        if (type is null && WellKnown(name) is { } wellKnown
            && AssemblyIdentity.SimpleName(wellKnown.Assembly) == assemblyName)
        {
            type = wellKnown;
        }
        // Only what was found is kept: names that are not here could be without number.
        if (type is { IsCollectible: false })
        {
            Known.Types.TryAdd((assemblyName, name), type);
        }
        return type;
    }

    private static Type? FindLoaded(string assemblyName, string name)
    {
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (AssemblyIdentity.SimpleName(assembly) == assemblyName && FindIn(assembly, name) is { } type)
            {
                return type;
            }
        }
        return null;
    }

    private static Type? FindIn(Assembly assembly, string name)
    {
        try
        {
            return assembly.GetType(name, throwOnError: false) is { } type && type.Assembly == assembly ? type : null;
        }
        catch (Exception e) when (e is ArgumentException or IOException or BadImageFormatException or TypeLoadException)
        {
            return null;
        }
    }

    /// <summary>Only for what the host itself wrote.</summary>
    private static Type? Load(string assemblyName, string name)
    {
        try
        {
            return FindIn(Assembly.Load(new AssemblyName(assemblyName)), name);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Apart, so that a worker, which only writes, never makes it.</summary>
    private static class Known
    {
        public static readonly ConcurrentDictionary<(string Assembly, string Name), Type> Types = new();
    }
}
