namespace Brood.Channel;

/// <summary>How far a stream may run ahead of its reader.</summary>
internal static class FlowControl
{
    /// <summary>Items that may be on their way before the reader has taken one.</summary>
    public const int StreamWindow = 64;

    /// <summary>The reader gives credit back in batches of this many.</summary>
    public const int CreditBatch = StreamWindow / 2;
}
