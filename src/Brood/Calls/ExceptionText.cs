using System.Runtime.InteropServices;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>The texts of an exception: exact to the last surrogate, and cut where they are endless.</summary>
internal static class ExceptionText
{
    public static void Write(TransferWriter writer, string? text)
    {
        text = Cut(text, ExceptionLimits.MaxTextChars);
        writer.WriteVarint(text is null ? 0 : (ulong)text.Length + 1);
        writer.WriteBytes(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    public static string? Read(ref TransferReader reader)
    {
        ulong lengthPlusOne = reader.ReadVarint();
        if (lengthPlusOne == 0)
        {
            return null;
        }
        if (lengthPlusOne - 1 > (ulong)reader.Remaining / sizeof(char))
        {
            throw new TransferException("The bytes are damaged: they end in the middle of a text.");
        }
        return new string(MemoryMarshal.Cast<byte, char>(reader.ReadBytes((int)(lengthPlusOne - 1) * sizeof(char))));
    }

    public static string? Cut(string? text, int maxChars) =>
        text is null || text.Length <= maxChars
            ? text
            : $"{text.AsSpan(0, maxChars)}… (cut here: the text has {text.Length:N0} characters, {maxChars:N0} of them cross)";

    /// <summary>Asks an exception for a text. If that throws, the text says so.</summary>
    public static string? Ask(Exception e, string member, Func<Exception, string?> question, out bool threw)
    {
        try
        {
            threw = false;
            return question(e);
        }
        catch (Exception thrown)
        {
            threw = true;
            return $"({e.GetType()}.{member} threw {thrown.GetType()})";
        }
    }

    /// <summary>What stands for a value that cannot cross.</summary>
    public static string OfValue(object value)
    {
        try
        {
            return Cut(value.ToString(), ExceptionLimits.MaxValueTextChars) ?? "";
        }
        catch (Exception thrown)
        {
            return $"({value.GetType()}, whose ToString threw {thrown.GetType()})";
        }
    }
}
