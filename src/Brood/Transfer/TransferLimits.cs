namespace Brood.Transfer;

/// <summary>Every limit of the transfer, by name.</summary>
internal static class TransferLimits
{
    /// <summary>The most bytes that one payload may have inline, large blocks not counted.</summary>
    public const int MaxInlineBytes = 1 << 30;

    /// <summary>How deep values may nest.</summary>
    public const int MaxDepth = 512;

    /// <summary>From this size on, arrays and strings of plain data travel as blocks of their own.</summary>
    public const int BlockThresholdBytes = 32 * 1024;
}
