using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>Decides which codec serves a declared type.</summary>
internal static class CodecFactory
{
    public static Codec Make(Type type)
    {
        if (type.IsByRefLike || type.IsByRef || type.IsPointer || type.IsFunctionPointer || type == typeof(void)
            || type.ContainsGenericParameters)
        {
            throw new TransferException(
                $"A {TypeNames.Display(type)} cannot cross to another process: it is bound to this one's memory. "
                + "Pass an array or a Memory<T> instead.");
        }
        if (!type.IsValueType)
        {
            return type == typeof(string) ? new StringCodec()
                : LiveCodecs.Find(type)
                ?? New(typeof(ReferenceCodec<>), type);
        }
        return MakeForValue(type);
    }

    private static Codec MakeForValue(Type type)
    {
        switch (Type.GetTypeCode(type))
        {
            // The most frequent ones without reflection.
            case TypeCode.Int32 when !type.IsEnum: return new RawCodec<int>();
            case TypeCode.Int64 when !type.IsEnum: return new RawCodec<long>();
            case TypeCode.Double: return new RawCodec<double>();
            case TypeCode.Boolean when !type.IsEnum: return new RawCodec<bool>();
        }
        if (type == typeof(CancellationToken))
        {
            return new CancellationTokenCodec();
        }
        if (RawTypes.IsRaw(type, out Refusal? refusal))
        {
            return New(typeof(RawCodec<>), type);
        }
        if (refusal is not null)
        {
            return New(typeof(RefusedCodec<>), type, refusal);
        }
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return New(typeof(NullableCodec<>), underlying);
        }
        if (FrameworkValues.Find(type) is { } known)
        {
            return known;
        }
        return type.IsDefined(typeof(InlineArrayAttribute), inherit: false)
            ? New(typeof(InlineArrayCodec<,>), type, type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)[0].FieldType)
            : New(typeof(StructCodec<>), type);
    }

    /// <summary>Makes a codec of a generic class for one or more types.</summary>
    public static Codec New(Type definition, params Type[] arguments) =>
        (Codec)Activator.CreateInstance(definition.MakeGenericType(arguments))!;

    private static Codec New(Type definition, Type argument, Refusal refusal) =>
        (Codec)Activator.CreateInstance(
            definition.MakeGenericType(argument), BindingFlags.Public | BindingFlags.Instance, null, [refusal], null)!;
}
