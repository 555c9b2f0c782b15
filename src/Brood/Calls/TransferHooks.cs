using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Teaches the codecs what only calls know: functions and exceptions.</summary>
internal static class TransferHooks
{
    /// <summary>Before the first call, in host and worker. Harmless to repeat.</summary>
    public static void Install()
    {
        FunctionReferences.Write ??= static (writer, function) => CapturedDelegate.Write(writer, function);
        FunctionReferences.Read ??= static (ref TransferReader reader, Type _) =>
            CapturedDelegate.Read(ref reader) ?? throw new TransferException("The bytes are damaged: a delegate is missing.");
        ExceptionCodec.Write ??= static (writer, error) => ExceptionTransfer.Write(writer, error);
        ExceptionCodec.Read ??= static (ref TransferReader reader) => ExceptionTransfer.Read(ref reader);
    }
}
