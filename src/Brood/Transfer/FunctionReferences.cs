namespace Brood.Transfer;

/// <summary>How delegates cross. Set once, by <c>Calls</c>, which knows functions; delegates are refused before that.</summary>
internal static class FunctionReferences
{
    public delegate Delegate Reader(ref TransferReader reader, Type delegateType);

    /// <summary>Writes what a delegate refers to; refuses, through <see cref="TransferWriter.Refused"/>, a target that cannot cross.</summary>
    public static Action<TransferWriter, Delegate>? Write { get; set; }

    public static Reader? Read { get; set; }
}

/// <summary>A delegate to a function that the other process has too. It names code: only a host may send one.</summary>
internal sealed class DelegateBody(Type type) : BodyCodec(type)
{
    public override bool IsTracked => false;

    public override bool NeedsTrust => true;

    public override void Write(TransferWriter writer, object value)
    {
        if (!writer.Policy.TrustAll)
        {
            throw writer.Refused(Type, new Refusal("which names code and is not accepted from a worker", "Return data instead."));
        }
        if (FunctionReferences.Write is not { } write || ((Delegate)value).HasSingleTarget is false)
        {
            throw writer.Refused(Type, new Refusal("a delegate whose target stays in this process",
                "Pass a static method or a lambda that captures nothing, or data."));
        }
        write(writer, (Delegate)value);
    }

    public override object Read(ref TransferReader reader, int objectIndex) =>
        FunctionReferences.Read is { } read ? read(ref reader, Type) : throw TransferReader.Damaged("a delegate cannot be read here");

    public override string Describe(object? value, int position) => "";
}
