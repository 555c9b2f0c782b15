namespace Brood.Transfer;

/// <summary>A value declared as a class, an interface or an array: a tag, then the contents of its run-time type.</summary>
internal sealed class ReferenceCodec<T> : Codec<T>
{
    private readonly Type _declared = typeof(T);

    // What null-only types say. Asked for when a type is judged, not when a value is written.
    public override Refusal? Refusal => References.JudgeDeclared(_declared);

    public override void Write(TransferWriter writer, T value) => References.Write(writer, value, _declared);

    public override T Read(ref TransferReader reader) => (T)References.Read(ref reader, _declared)!;
}

/// <summary>The tag before each reference, and what it leads to. Not generic, so that it is compiled once.</summary>
internal static class References
{
    private const byte Null = 0;
    private const byte Seen = 1;
    private const byte Exact = 2;
    private const byte Named = 3;

    public static void Write(TransferWriter writer, object? value, Type declared)
    {
        if (value is null)
        {
            writer.WriteByte(Null);
            return;
        }
        Type type = value.GetType();
        BodyCodec body = writer.BodyOf(type);
        if (body.Refusal is { } refusal)
        {
            throw writer.Refused(type, refusal);
        }
        if (body.IsTracked && writer.TryFindSeen(value, out int index))
        {
            writer.RefuseUnfinished(value);
            writer.WriteByte(Seen);
            writer.WriteVarint((uint)index);
            return;
        }
        if (body.Type == declared)
        {
            writer.WriteByte(Exact);
        }
        else
        {
            writer.WriteByte(Named);
            writer.WriteType(body.Type);
        }
        writer.Enter(body, value);
        body.Write(writer, value);
        writer.Leave();
    }

    public static object? Read(ref TransferReader reader, Type declared)
    {
        byte tag = reader.ReadByte();
        if (tag == Null)
        {
            return null;
        }
        return reader.IsOutermost ? ReadOutermost(ref reader, declared, tag) : ReadTagged(ref reader, declared, tag);
    }

    /// <summary>Reads a part of an object that is checked here, not by the one who asked.</summary>
    public static object? ReadPart(ref TransferReader reader, Type declared)
    {
        object? value = Read(ref reader, declared);
        return value is null || declared.IsInstanceOfType(value) ? value : throw WrongType(declared);
    }

    public static Refusal? JudgeDeclared(Type declared) =>
        declared.IsInterface || declared.IsAbstract || declared == typeof(object) ? BodyFactory.JudgeFamily(declared)
            : BodyCodec.For(declared).Refusal;

    /// <summary>Damaged bytes can make constructors and comparers of the framework throw: one exception for all.</summary>
    private static object? ReadOutermost(ref TransferReader reader, Type declared, byte tag)
    {
        try
        {
            object? value = ReadTagged(ref reader, declared, tag);
            reader.FillDeferred();
            return declared.IsInstanceOfType(value) ? value : throw WrongType(declared);
        }
        catch (Exception e) when (e is not (TransferException or OutOfMemoryException))
        {
            throw TransferReader.Damaged($"a {TypeNames.Display(declared)} could not be built from them", e);
        }
    }

    private static object? ReadTagged(ref TransferReader reader, Type declared, byte tag)
    {
        Type type;
        switch (tag)
        {
            case Seen:
                return reader.ReadSeen();
            case Exact:
                type = declared;
                break;
            case Named:
                type = reader.ReadType();
                // Families travel under a public base, so either may be the wider one.
                if (!declared.IsAssignableFrom(type) && !type.IsAssignableFrom(declared))
                {
                    throw WrongType(declared);
                }
                break;
            default:
                throw TransferReader.Damaged("a reference has an unknown tag");
        }
        BodyCodec body = BodyCodec.For(type);
        if (body.NeedsTrust && !reader.Policy.TrustAll)
        {
            throw new TransferException($"A {TypeNames.Display(type)} names code. It is not accepted from a worker.");
        }
        reader.Enter();
        int index = body.IsTracked ? reader.Reserve() : -1;
        object value = body.Read(ref reader, index);
        if (index >= 0)
        {
            reader.Made(index, value);
        }
        reader.Leave();
        return value;
    }

    private static TransferException WrongType(Type declared) =>
        TransferReader.Damaged($"something else came where a {TypeNames.Display(declared)} was declared");
}
