using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>How delegates and exceptions cross. Set once, by <c>Calls</c>, which knows functions; both are refused before that.</summary>
internal static class CallHooks
{
    public delegate Delegate DelegateReader(ref TransferReader reader, Type delegateType);

    public delegate Exception ExceptionReader(ref TransferReader reader);

    /// <summary>Writes what a delegate refers to; refuses, through <see cref="TransferWriter.Refused"/>, a target that cannot cross.</summary>
    public static Action<TransferWriter, Delegate>? WriteDelegate { get; set; }

    public static DelegateReader? ReadDelegate { get; set; }

    public static Action<TransferWriter, Exception>? WriteException { get; set; }

    public static ExceptionReader? ReadException { get; set; }
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
        if (CallHooks.WriteDelegate is not { } write || ((Delegate)value).HasSingleTarget is false)
        {
            throw writer.Refused(Type, new Refusal("a delegate whose target stays in this process",
                "Pass a static method or a lambda that captures nothing, or data."));
        }
        write(writer, (Delegate)value);
    }

    public override object Read(ref TransferReader reader, int objectIndex) =>
        CallHooks.ReadDelegate is { } read ? read(ref reader, Type) : throw TransferReader.Damaged("a delegate cannot be read here");

    public override string Describe(object? value, int position) => "";
}

/// <summary>Every exception travels under the one name; its own type is part of its contents.</summary>
internal sealed class ExceptionBody() : BodyCodec(typeof(Exception))
{
    public override bool IsMadeLate => true;

    public override void Write(TransferWriter writer, object value)
    {
        if (CallHooks.WriteException is not { } write)
        {
            throw writer.Refused(value.GetType(), new Refusal("an exception, which only a call can carry", "Pass its text."));
        }
        write(writer, (Exception)value);
    }

    public override object Read(ref TransferReader reader, int objectIndex) =>
        CallHooks.ReadException is { } read ? read(ref reader) : throw TransferReader.Damaged("an exception cannot be read here");

    public override string Describe(object? value, int position) => "";
}

/// <summary>A <see cref="System.Type"/>, by name. From a worker only of the closed set.</summary>
internal sealed class TypeBody() : BodyCodec(typeof(Type))
{
    public override bool IsTracked => false;

    public override void Write(TransferWriter writer, object value) => TypeNames.Write(writer, (Type)value);

    public override object Read(ref TransferReader reader, int objectIndex) => TypeNames.Read(ref reader);

    public override string Describe(object? value, int position) => "";
}
