using System.Reflection;
using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Names a type to a worker, which loads the same build. Never read from what a worker wrote.</summary>
internal static class TypeIdentity
{
    private enum Shape : byte
    {
        Definition,
        Generic,
        Array,
        ArrayOfRank,
        Pointer,
        ByRef,
    }

    /// <exception cref="TransferException">A worker cannot load the type.</exception>
    public static void Write(TransferWriter writer, Type type)
    {
        if (type.HasElementType)
        {
            Shape shape = type.IsSZArray ? Shape.Array
                : type.IsArray ? Shape.ArrayOfRank
                : type.IsPointer ? Shape.Pointer
                : Shape.ByRef;
            writer.WriteByte((byte)shape);
            if (type is { IsArray: true, IsSZArray: false })
            {
                writer.WriteByte((byte)type.GetArrayRank());
            }
            Write(writer, type.GetElementType()!);
            return;
        }
        if (type.IsGenericParameter || type.IsFunctionPointer)
        {
            throw new TransferException($"The type '{type}' has no name that a worker could look up.");
        }
        if (AssemblyIdentity.WhyNot(type.Assembly) is { } reason)
        {
            throw new TransferException($"The type '{type}' cannot be named to a worker: {reason}");
        }
        bool isGeneric = type is { IsGenericType: true, IsGenericTypeDefinition: false };
        writer.WriteByte((byte)(isGeneric ? Shape.Generic : Shape.Definition));
        AssemblyIdentity.Write(writer, type.Assembly);
        writer.WriteUnmanaged(type.MetadataToken);
        if (isGeneric)
        {
            WriteAll(writer, type.GetGenericArguments());
        }
    }

    public static void WriteAll(TransferWriter writer, Type[] types)
    {
        writer.WriteVarint((ulong)types.Length);
        foreach (Type type in types)
        {
            Write(writer, type);
        }
    }

    /// <exception cref="TransferException">The type is not here, or in another build.</exception>
    public static Type Read(ref TransferReader reader)
    {
        if (!reader.Policy.TrustAll)
        {
            throw new TransferException("The bytes are damaged: a worker does not choose which type is loaded.");
        }
        try
        {
            return ReadTrusted(ref reader, depth: 0);
        }
        catch (Exception e) when (e is not TransferException)
        {
            throw new TransferException($"This worker cannot find a type that the host named: {e.Message}", inner: e);
        }
    }

    public static Type[] ReadAll(ref TransferReader reader)
    {
        Type[] types = new Type[reader.ReadCount()];
        for (int index = 0; index < types.Length; index++)
        {
            types[index] = Read(ref reader);
        }
        return types;
    }

    private static Type ReadTrusted(ref TransferReader reader, int depth)
    {
        if (depth > TransferLimits.MaxDepth)
        {
            throw new TransferException("The bytes are damaged: a type nests without end.");
        }
        switch ((Shape)reader.ReadByte())
        {
            case Shape.Definition:
                return ReadDefinition(ref reader);
            case Shape.Generic:
                Type definition = ReadDefinition(ref reader);
                Type[] arguments = new Type[reader.ReadCount()];
                for (int index = 0; index < arguments.Length; index++)
                {
                    arguments[index] = ReadTrusted(ref reader, depth + 1);
                }
                return definition.MakeGenericType(arguments);
            case Shape.Array:
                return ReadTrusted(ref reader, depth + 1).MakeArrayType();
            case Shape.ArrayOfRank:
                int rank = reader.ReadByte();
                return ReadTrusted(ref reader, depth + 1).MakeArrayType(rank);
            case Shape.Pointer:
                return ReadTrusted(ref reader, depth + 1).MakePointerType();
            case Shape.ByRef:
                return ReadTrusted(ref reader, depth + 1).MakeByRefType();
            default:
                throw new TransferException("The bytes are damaged: a type has no known shape.");
        }
    }

    private static Type ReadDefinition(ref TransferReader reader)
    {
        Module module = AssemblyIdentity.Read(ref reader).ManifestModule;
        return module.ResolveType(reader.ReadUnmanaged<int>());
    }
}
