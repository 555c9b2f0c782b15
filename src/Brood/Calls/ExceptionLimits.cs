namespace Brood.Calls;

/// <summary>How much of an exception crosses, by name. What is beyond is cut, and a note says so.</summary>
internal static class ExceptionLimits
{
    /// <summary>How deep inner exceptions may nest.</summary>
    public const int MaxDepth = 32;

    /// <summary>How many exceptions one failure may consist of, children of aggregates included.</summary>
    public const int MaxExceptions = 1024;

    /// <summary>The most characters of one message, stack trace, source or help link.</summary>
    public const int MaxTextChars = 256 * 1024;

    /// <summary>How many entries of <see cref="Exception.Data"/> cross.</summary>
    public const int MaxDataEntries = 256;

    /// <summary>The most characters of the text that stands for a value which cannot cross.</summary>
    public const int MaxValueTextChars = 4 * 1024;

    /// <summary>After so many bytes further inner exceptions are cut.</summary>
    public const int MaxBytes = 16 << 20;
}
