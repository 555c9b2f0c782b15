using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Carries an exception across: its own type where that can be rebuilt, else a <see cref="RemoteException"/>.</summary>
internal static class ExceptionTransfer
{
    private static readonly Func<Type, Codec> s_codecs = Codec.For;

    /// <summary>Writes any exception. Never fails for what the exception is or does.</summary>
    public static void Write(TransferWriter writer, Exception e, Func<Type, Codec>? codecs = null)
    {
        TransferWriter attempt = TransferWriter.Rent();
        try
        {
            new ExceptionWriting(attempt, codecs ?? s_codecs).Write(e);
        }
        catch (Exception thrown)
        {
            attempt.Clear();
            ExceptionWriting.WriteCut(attempt, e.GetType(), $"(this exception could not be described: {thrown.Message})");
        }
        writer.WriteBytes(attempt.Inline);
        attempt.Return();
    }

    /// <summary>Reads an exception and builds it without running a constructor.</summary>
    /// <param name="where">The process that it comes from, for the stack trace: <c>in worker 4127</c>.</param>
    /// <exception cref="TransferException">The bytes are damaged. No other failure is possible.</exception>
    public static Exception Read(ref TransferReader reader, string? where = null, Func<Type, Codec>? codecs = null) =>
        new ExceptionReading(where, codecs ?? s_codecs).Read(ref reader)
            ?? throw new TransferException("The bytes are damaged: an exception is missing.");
}
