using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using Brood.Calls;

namespace Brood.Repository;

/// <summary>Which types of its own assembly each type names: in its signature, in its fields, and in its instructions.</summary>
/// <remarks>Constants are copied by the compiler, so reading another type's constant is not seen. Attributes do not count.</remarks>
internal static class Dependencies
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OperandType> s_operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    /// <summary>From a type to the types that it names; of nested types the outermost counts, on both ends.</summary>
    public static ILookup<Type, Type> Of(Assembly assembly) => assembly.GetTypes()
        .SelectMany(type => NamedBy(type).SelectMany(Parts)
            .Where(named => named.Assembly == assembly)
            .Select(named => (From: Outermost(type), To: Outermost(named))))
        .Where(pair => pair.From != pair.To)
        .Distinct()
        .ToLookup(pair => pair.From, pair => pair.To);

    internal static IEnumerable<Type> NamedBy(Type type)
    {
        IEnumerable<Type?> named =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints()),
            .. type.GetFields(All).Select(field => field.FieldType),
            .. type.GetMethods(All).SelectMany(NamedByMethod),
            .. type.GetConstructors(All).SelectMany(NamedByMethod),
        ];
        return named.OfType<Type>();
    }

    private static IEnumerable<Type?> NamedByMethod(MethodBase method)
    {
        IEnumerable<Type?> signature = [(method as MethodInfo)?.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType)];
        if (method.GetMethodBody() is not { } body)
        {
            return signature;
        }
        return
        [
            .. signature,
            .. body.LocalVariables.Select(local => local.LocalType),
            .. body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType),
            .. Tokens(body.GetILAsByteArray()!).SelectMany(token => NamedByToken(method, token)),
        ];
    }

    private static IEnumerable<Type?> NamedByToken(MethodBase method, int token)
    {
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        MemberInfo member = method.Module.ResolveMember(token, ofType, ofMethod)!;
        return member switch
        {
            Type named => [named],
            FieldInfo field => [field.DeclaringType, field.FieldType],
            MethodInfo called => [called.DeclaringType, called.ReturnType, .. called.GetGenericArguments(), .. called.GetParameters().Select(p => p.ParameterType)],
            _ => [member.DeclaringType],
        };
    }

    /// <summary>The tokens of types, fields and methods in a method body.</summary>
    private static List<int> Tokens(byte[] il)
    {
        var tokens = new List<int>();
        for (int position = 0; position < il.Length;)
        {
            int code = il[position++];
            if (code == 0xFE)
            {
                code = (code << 8) | il[position++];
            }
            OperandType operand = s_operands[code];
            ReadOnlySpan<byte> rest = il.AsSpan(position);
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                tokens.Add(BinaryPrimitives.ReadInt32LittleEndian(rest));
            }
            position += IlReader.OperandBytes(code) + (operand == OperandType.InlineSwitch ? 4 * BinaryPrimitives.ReadInt32LittleEndian(rest) : 0);
        }
        return tokens;
    }

    /// <summary>A type that is made of others, and what it is made of.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }
        if (type.IsGenericParameter)
        {
            return [];
        }
        return type.IsConstructedGenericType
            ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
            : [type];
    }

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }
        return type;
    }
}
