using System.Reflection;
using System.Text;

namespace Brood.Calls;

/// <summary>What a function is called in messages: <c>Thumbnails.Resize</c>, <c>lambda in Program.Main</c>.</summary>
internal static class FunctionName
{
    public static string Of(MethodInfo method)
    {
        string owner = method.DeclaringType is { } type ? OfType(UserType(type)) : "";
        if (CompilerNames.TryParseFunction(method.Name, out ReadOnlySpan<char> container, out ReadOnlySpan<char> local))
        {
            string what = local.IsEmpty ? "lambda" : local.ToString();
            return container is "<Main>$" or ".ctor" or ".cctor"
                ? $"{what} in {owner}"
                : $"{what} in {owner}.{WithoutAccessor(container)}";
        }
        StringBuilder name = new(owner);
        name.Append(owner.Length > 0 ? "." : "").Append(method.Name);
        if (method.IsGenericMethod)
        {
            AppendArguments(name, method.GetGenericArguments());
        }
        return name.ToString();
    }

    /// <summary>A type without its namespace: <c>Outer.Box&lt;Int32&gt;</c>.</summary>
    public static string OfType(Type type)
    {
        if (type.HasElementType)
        {
            return OfType(type.GetElementType()!) + (type.IsArray ? "[" + new string(',', type.GetArrayRank() - 1) + "]" : "");
        }
        StringBuilder name = new();
        AppendType(name, type, type.IsGenericType ? type.GetGenericArguments() : []);
        return name.ToString();
    }

    /// <summary>The innermost type around <paramref name="type"/> that a person wrote.</summary>
    private static Type UserType(Type type)
    {
        while (type.DeclaringType is { } outer && (CompilerNames.IsClosure(type) || CompilerNames.IsStateMachine(type)))
        {
            type = outer.IsGenericTypeDefinition && type.GetGenericArguments().Length == outer.GetGenericArguments().Length
                ? outer.MakeGenericType(type.GetGenericArguments())
                : outer;
        }
        return type;
    }

    /// <param name="arguments">Those of the innermost type, which begin with those of the types around it.</param>
    private static void AppendType(StringBuilder name, Type type, ReadOnlySpan<Type> arguments)
    {
        int outerArity = 0;
        if (type is { IsNested: true, IsGenericParameter: false, DeclaringType: { } outer })
        {
            outerArity = Math.Min(outer.GetGenericArguments().Length, arguments.Length);
            AppendType(name, outer, arguments[..outerArity]);
            name.Append('.');
        }
        string own = type.Name;
        int fileLocal = CompilerNames.EndOfBrackets(own);
        int fileLocalEnd = fileLocal < 0 ? -1 : own.IndexOf("__", fileLocal, StringComparison.Ordinal);
        own = fileLocalEnd < 0 ? own : own[(fileLocalEnd + 2)..];
        int tick = own.IndexOf('`');
        name.Append(tick < 0 ? own : own[..tick]);
        if (arguments.Length > outerArity)
        {
            AppendArguments(name, arguments[outerArity..]);
        }
    }

    private static void AppendArguments(StringBuilder name, ReadOnlySpan<Type> arguments)
    {
        name.Append('<');
        for (int index = 0; index < arguments.Length; index++)
        {
            name.Append(index > 0 ? ", " : "").Append(OfType(arguments[index]));
        }
        name.Append('>');
    }

    private static ReadOnlySpan<char> WithoutAccessor(ReadOnlySpan<char> method) =>
        method.StartsWith("get_") || method.StartsWith("set_") ? method[4..] : method;
}
