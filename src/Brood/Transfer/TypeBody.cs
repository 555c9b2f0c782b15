namespace Brood.Transfer;

/// <summary>A <see cref="System.Type"/>, by name. From a worker only of the closed set.</summary>
internal sealed class TypeBody() : BodyCodec(typeof(Type))
{
    public override bool IsTracked => false;

    public override void Write(TransferWriter writer, object value) => TypeNames.Write(writer, (Type)value);

    public override object Read(ref TransferReader reader, int objectIndex) => TypeNames.Read(ref reader);

    public override string Describe(object? value, int position) => "";
}
