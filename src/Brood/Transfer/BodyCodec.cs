namespace Brood.Transfer;

/// <summary>Writes and reads what is behind the tag of a reference: the contents of one run-time type.</summary>
internal abstract class BodyCodec(Type type) : IPathPart
{
    // Replaced as a whole under s_gate, read without it.
    private static volatile Dictionary<Type, BodyCodec> s_bodies = [];
    private static readonly Lock s_gate = new();

    public static BodyCodec For(Type type) => s_bodies.TryGetValue(type, out BodyCodec? body) ? body : Add(type);

    /// <summary>The type that is named in the bytes. Hidden framework classes travel under their public base.</summary>
    public Type Type => type;

    /// <summary>Whether the same object arrives once, however often it is referred to.</summary>
    public virtual bool IsTracked => true;

    /// <summary>The object exists only after its contents were read: it cannot be part of a cycle.</summary>
    public virtual bool IsMadeLate => false;

    /// <summary>Names code, which only a reader that trusts the writer may look up.</summary>
    public virtual bool NeedsTrust => false;

    /// <summary>Holds nothing that bytes could choose, such as a comparer of the framework: needs no line in a list of known types.</summary>
    public virtual bool IsHarmless => false;

    public virtual Refusal? Refusal => null;

    public abstract void Write(TransferWriter writer, object value);

    /// <summary>Reads the contents; calls <see cref="TransferReader.Made"/> as soon as the object exists, if it is not made late.</summary>
    public abstract object Read(ref TransferReader reader, int objectIndex);

    public virtual string Describe(object? value, int position) => $"[{position}]";

    private static BodyCodec Add(Type type)
    {
        BodyCodec made = BodyFactory.Make(type);
        lock (s_gate)
        {
            if (s_bodies.TryGetValue(type, out BodyCodec? first))
            {
                return first;
            }
            s_bodies = new Dictionary<Type, BodyCodec>(s_bodies) { [type] = made };
            return made;
        }
    }
}

/// <summary>Something that a value's path leads through.</summary>
internal interface IPathPart
{
    /// <summary>The step to the part at <paramref name="position"/>, such as <c>.Lines</c> or <c>[3]</c>.</summary>
    string Describe(object? value, int position);
}

/// <summary>A type that cannot cross.</summary>
internal sealed class RefusedBody(Type type, Refusal refusal) : BodyCodec(type)
{
    public override Refusal? Refusal => refusal;

    public override void Write(TransferWriter writer, object value) => throw writer.Refused(value.GetType(), refusal);

    public override object Read(ref TransferReader reader, int objectIndex) =>
        throw TransferReader.Damaged($"a {Type} cannot cross");
}

/// <summary>A boxed value. Boxes have no identity that anything should rely on.</summary>
internal sealed class BoxBody(Type type) : BodyCodec(type)
{
    private readonly Codec _codec = Codec.For(type);

    public override bool IsTracked => false;

    public override Refusal? Refusal => _codec.Refusal;

    public override void Write(TransferWriter writer, object value) => _codec.WriteBoxed(writer, value);

    public override object Read(ref TransferReader reader, int objectIndex) =>
        _codec.ReadBoxed(ref reader) ?? throw TransferReader.Damaged("a box is empty");

    public override string Describe(object? value, int position) => "";
}

/// <summary>A string that is declared as something wider.</summary>
internal sealed class StringBody() : BodyCodec(typeof(string))
{
    public override bool IsTracked => false;

    public override void Write(TransferWriter writer, object value) => Codec<string?>.Declared.Write(writer, (string)value);

    public override object Read(ref TransferReader reader, int objectIndex) =>
        Codec<string?>.Declared.Read(ref reader) ?? throw TransferReader.Damaged("a string is missing");
}

/// <summary>A plain <see cref="object"/>: it has nothing but its identity.</summary>
internal sealed class PlainObjectBody() : BodyCodec(typeof(object))
{
    public override void Write(TransferWriter writer, object value) { }

    public override object Read(ref TransferReader reader, int objectIndex) => new();
}
