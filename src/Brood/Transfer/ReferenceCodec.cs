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
        if (WriteTag(writer, value, declared) is { } body)
        {
            writer.Enter(body, value);
            body.Write(writer, value!);
            writer.Leave();
        }
    }

    /// <summary>Writes the tag now; the contents wait in <paramref name="links"/> if that can be.</summary>
    public static void WriteLink(TransferWriter writer, object? value, Type declared, List<Link> links)
    {
        BodyCodec? body = WriteTag(writer, value, declared);
        if (body is GraphBody graph)
        {
            links.Add(new Link(graph, value!));
        }
        else if (body is not null)
        {
            writer.Enter(body, value);
            body.Write(writer, value!);
            writer.Leave();
        }
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

    public static object? ReadLink(ref TransferReader reader, Type declared, List<Link> links)
    {
        byte tag = reader.ReadByte();
        switch (tag)
        {
            case Null:
                return null;
            case Seen:
                return reader.ReadSeen();
        }
        BodyCodec body = ReadBody(ref reader, declared, tag);
        if (body is not GraphBody graph)
        {
            return ReadContents(ref reader, body);
        }
        object value = graph.MakeBare();
        reader.Made(reader.Reserve(), value);
        reader.NoteUnfinished();
        links.Add(new Link(graph, value));
        return value;
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

    /// <returns>The body that is to write the contents, or null if there are none.</returns>
    private static BodyCodec? WriteTag(TransferWriter writer, object? value, Type declared)
    {
        if (value is null)
        {
            writer.WriteByte(Null);
            return null;
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
            return null;
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
        return body;
    }

    private static object? ReadOutermost(ref TransferReader reader, Type declared, byte tag)
    {
        try
        {
            object? value = ReadTagged(ref reader, declared, tag);
            reader.FillDeferred();
            return declared.IsInstanceOfType(value) ? value : throw WrongType(declared);
        }
        catch (Exception e) when (e is not TransferException)
        {
            throw CannotBuild(declared, e);
        }
    }

    /// <summary>Damaged bytes can make constructors and comparers throw, of the framework and of keys: one exception for all.</summary>
    public static TransferException CannotBuild(Type declared, Exception cause) =>
        TransferReader.Damaged($"a {TypeNames.Display(declared)} could not be built from them ({cause.Message.TrimEnd('.')})", cause);

    private static object? ReadTagged(ref TransferReader reader, Type declared, byte tag) =>
        tag == Seen ? reader.ReadSeen() : ReadContents(ref reader, ReadBody(ref reader, declared, tag));

    private static BodyCodec ReadBody(ref TransferReader reader, Type declared, byte tag)
    {
        Type type = declared;
        if (tag == Named)
        {
            type = reader.ReadType();
            // Families travel under a public base, so either may be the wider one.
            if (!declared.IsAssignableFrom(type) && !type.IsAssignableFrom(declared))
            {
                throw WrongType(declared);
            }
        }
        else if (tag != Exact)
        {
            throw TransferReader.Damaged("a reference has an unknown tag");
        }
        BodyCodec body = BodyCodec.For(type);
        if (body.NeedsTrust && !reader.Policy.TrustAll)
        {
            throw new TransferException($"A {TypeNames.Display(type)} names code. It is not accepted from a worker.");
        }
        return body;
    }

    private static object ReadContents(ref TransferReader reader, BodyCodec body)
    {
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
