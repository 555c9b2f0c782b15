namespace Brood.Transfer;

/// <summary>How exceptions cross as values. Set once, by <c>Calls</c>; exceptions are refused before that.</summary>
internal static class ExceptionCodec
{
    public delegate Exception Reader(ref TransferReader reader);

    public static Action<TransferWriter, Exception>? Write { get; set; }

    public static Reader? Read { get; set; }
}

/// <summary>Every exception travels under the one name; its own type is part of its contents.</summary>
internal sealed class ExceptionBody() : BodyCodec(typeof(Exception))
{
    public override bool IsMadeLate => true;

    public override void Write(TransferWriter writer, object value)
    {
        if (ExceptionCodec.Write is not { } write)
        {
            throw writer.Refused(value.GetType(), new Refusal("an exception, which only a call can carry", "Pass its text."));
        }
        write(writer, (Exception)value);
    }

    public override object Read(ref TransferReader reader, int objectIndex) =>
        ExceptionCodec.Read is { } read ? read(ref reader) : throw TransferReader.Damaged("an exception cannot be read here");

    public override string Describe(object? value, int position) => "";
}
