using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Teaches the codecs what only calls know: functions and exceptions.</summary>
internal static class TransferHooks
{
    /// <summary>Before the first call, in host and worker. Harmless to repeat.</summary>
    public static void Install()
    {
        FunctionReferences.Write ??= WriteDelegate;
        FunctionReferences.Read ??= static (ref TransferReader reader, Type _) =>
            CapturedDelegate.Read(ref reader) ?? throw new TransferException("The bytes are damaged: a delegate is missing.");
        ExceptionCodec.Write ??= static (writer, error) => ExceptionTransfer.Write(writer, error);
        ExceptionCodec.Read ??= static (ref TransferReader reader) => ExceptionTransfer.Read(ref reader);
    }

    private static void WriteDelegate(TransferWriter writer, Delegate function)
    {
        string place = writer.CurrentPath();
        try
        {
            CapturedDelegate.Write(writer, function);
        }
        catch (TransferException e) when (place.Length > 0)
        {
            throw TransferPath.Under(place, e);
        }
    }
}
