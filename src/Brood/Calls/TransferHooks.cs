using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Teaches the codecs what only calls know: functions and exceptions.</summary>
internal static class TransferHooks
{
    /// <summary>Before the first call, in host and worker. Harmless to repeat.</summary>
    public static void Install()
    {
        CallHooks.WriteDelegate ??= static (writer, function) => CapturedDelegate.Write(writer, function);
        CallHooks.ReadDelegate ??= static (ref TransferReader reader, Type _) =>
            CapturedDelegate.Read(ref reader) ?? throw new TransferException("The bytes are damaged: a delegate is missing.");
        CallHooks.WriteException ??= static (writer, error) => ExceptionTransfer.Write(writer, error);
        CallHooks.ReadException ??= static (ref TransferReader reader) => ExceptionTransfer.Read(ref reader);
    }
}
