using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Says where in a call the value sits that a codec refused.</summary>
internal static class TransferPath
{
    private const string Nameless = "A value";

    /// <param name="place">Such as <c>captured 'db'</c>; what the codec said of the inner path follows it.</param>
    public static TransferException Under(string place, TransferException e)
    {
        string path = string.IsNullOrEmpty(e.Path) ? place : $"{place} → {e.Path}";
        string message = e.Message.StartsWith(Nameless + " cannot cross", StringComparison.Ordinal)
            ? string.Concat(place, e.Message.AsSpan(Nameless.Length))
            : !string.IsNullOrEmpty(e.Path) && e.Message.Contains(e.Path, StringComparison.Ordinal)
            ? ReplaceFirst(e.Message, e.Path, path)
            : $"{path}: {e.Message}";
        return new TransferException(message, path, e.InnerException);
    }

    private static string ReplaceFirst(string text, string old, string replacement)
    {
        int index = text.IndexOf(old, StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, index), replacement, text.AsSpan(index + old.Length));
    }
}
