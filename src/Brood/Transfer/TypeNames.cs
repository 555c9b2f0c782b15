using System.Text;

namespace Brood.Transfer;

/// <summary>Types as bytes, and types as a reader of a message wants to see them.</summary>
/// <remarks>
/// A constructed type is written as its parts, so that no name that comes out of the bytes is ever parsed: framework
/// types as their place in <see cref="FrameworkTypes"/>, others as an assembly name and a full name.
/// </remarks>
internal static class TypeNames
{
    private const byte Framework = 0;
    private const byte Own = 1;
    private const byte Constructed = 2;
    private const byte Vector = 3;
    private const byte Array = 4;

    /// <summary>The runtime's own limit.</summary>
    private const int MaxRank = 32;

    public static void Write(TransferWriter writer, Type type)
    {
        if (type.IsArray)
        {
            if (type.IsSZArray)
            {
                writer.WriteByte(Vector);
            }
            else
            {
                writer.WriteByte(Array);
                writer.WriteByte((byte)type.GetArrayRank());
            }
            Write(writer, type.GetElementType()!);
        }
        else if (type.IsConstructedGenericType)
        {
            writer.WriteByte(Constructed);
            Write(writer, type.GetGenericTypeDefinition());
            foreach (Type argument in type.GetGenericArguments())
            {
                Write(writer, argument);
            }
        }
        else if (FrameworkTypes.TryIndexOf(type, out int index))
        {
            writer.WriteByte(Framework);
            writer.WriteVarint((uint)index);
        }
        else if (type.FullName is { } fullName && !type.IsGenericParameter && !type.HasElementType && !type.Assembly.IsDynamic)
        {
            if (!writer.Policy.TrustAll && OwnTypes.IsFramework(type.Assembly))
            {
                throw writer.Refused(typeof(Type), new Refusal(
                    $"for {Display(type)}, a framework type that is not accepted by name", $"Pass its {nameof(Type.AssemblyQualifiedName)}."));
            }
            writer.WriteByte(Own);
            writer.WriteText(OwnTypes.NameOf(type.Assembly));
            writer.WriteText(fullName);
        }
        else
        {
            throw writer.Refused(type, new Refusal(
                "which has no name that the other process could find it by", "Use a type of an assembly that is on disk."));
        }
    }

    public static Type Read(ref TransferReader reader) => Read(ref reader, 0);

    private static Type Read(ref TransferReader reader, int depth)
    {
        if (depth > TransferLimits.MaxTypeDepth)
        {
            throw TransferReader.Damaged("a type nests too deep");
        }
        byte kind = reader.ReadByte();
        switch (kind)
        {
            case Framework:
                return FrameworkTypes.At(reader.ReadVarint());
            case Own:
                string? assembly = reader.ReadText();
                string? name = reader.ReadText();
                return assembly is null || name is null ? throw TransferReader.Damaged("a type has no name")
                    : OwnTypes.Find(assembly, name, reader.Policy.TrustAll);
            case Vector:
                return reader.Policy.Construct(Read(ref reader, depth + 1), [], -1);
            case Array:
                byte rank = reader.ReadByte();
                return rank is 0 or > MaxRank ? throw TransferReader.Damaged("an array has no such rank")
                    : reader.Policy.Construct(Read(ref reader, depth + 1), [], rank);
            case Constructed:
                Type definition = Read(ref reader, depth + 1);
                if (!definition.IsGenericTypeDefinition)
                {
                    throw TransferReader.Damaged("a type has arguments that it does not take");
                }
                var arguments = new Type[definition.GetGenericArguments().Length];
                for (int i = 0; i < arguments.Length; i++)
                {
                    arguments[i] = Read(ref reader, depth + 1);
                }
                return reader.Policy.Construct(definition, arguments, 0);
            default:
                throw TransferReader.Damaged("a type has an unknown form");
        }
    }

    /// <summary>The name as C# would have it, with its namespace.</summary>
    public static string Display(Type type) => Append(new StringBuilder(), type, Detail.Namespace).ToString();

    /// <summary>The name as C# would have it, without namespaces.</summary>
    public static string Short(Type type) => Append(new StringBuilder(), type, Detail.Nesting).ToString();

    /// <summary>As <see cref="Short"/>, without the types that it is nested in: to begin a path with.</summary>
    public static string Simple(Type type) => Append(new StringBuilder(), type, Detail.Name).ToString();

    private enum Detail { Name, Nesting, Namespace }

    private static StringBuilder Append(StringBuilder text, Type type, Detail detail)
    {
        if (type.IsArray)
        {
            return Append(text, type.GetElementType()!, detail)
                .Append('[').Append(',', type.GetArrayRank() - 1).Append(']');
        }
        if (type.IsPointer || type.IsByRef)
        {
            return Append(text, type.GetElementType()!, detail).Append(type.IsPointer ? '*' : '&');
        }
        if (type.IsNested && !type.IsGenericParameter && detail != Detail.Name)
        {
            Append(text, DeclaringType(type), detail).Append('.');
        }
        else if (detail == Detail.Namespace && type.Namespace is { Length: > 0 } space)
        {
            text.Append(space).Append('.');
        }
        int tick = type.Name.IndexOf('`');
        text.Append(tick < 0 ? type.Name : type.Name.AsSpan(0, tick));
        if (tick >= 0)
        {
            Type[] arguments = type.GetGenericArguments();
            int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
            text.Append('<');
            for (int i = inherited; i < arguments.Length; i++)
            {
                if (i > inherited)
                {
                    text.Append(", ");
                }
                if (!arguments[i].IsGenericParameter)
                {
                    Append(text, arguments[i], detail);
                }
            }
            text.Append('>');
        }
        return text;
    }

    // Reflection gives the definition, without the arguments that the nested type has for it.
    private static Type DeclaringType(Type type)
    {
        Type declaring = type.DeclaringType!;
        return type.IsConstructedGenericType && declaring.IsGenericTypeDefinition
            ? declaring.MakeGenericType(type.GetGenericArguments()[..declaring.GetGenericArguments().Length])
            : declaring;
    }
}
