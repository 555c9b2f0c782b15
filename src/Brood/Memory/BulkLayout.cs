namespace Brood.Memory;

/// <summary>One block in a bulk area: a line that says whether it is in use, then the bytes.</summary>
/// <remarks><code>
///   0                64                     64 + LengthBytes
///   +----------------+------ ... -----------+------ ... ------+
///   | InUse (atom)   | bytes                | rest of the slot |
///   +----------------+------ ... -----------+------ ... ------+
/// </code>The sender sets InUse before it sends the record that names the block; the receiver clears it when it has
/// read the bytes. A record names its blocks in a table at its end: Offset (8), LengthBytes (8) each, then their
/// count (4).</remarks>
internal static class BulkLayout
{
    public const int InUseOffset = 0;
    public const int DataOffset = 64;

    public const int TableEntryBytes = 2 * sizeof(long);
    public const int TableCountBytes = sizeof(int);

    /// <summary>Slots are whole multiples of this, so that they fit again.</summary>
    public const int SlotGrain = 64 * 1024;

    /// <summary>What an area may keep for the next large value once nothing in it is in use.</summary>
    public const long KeptBytes = 512L << 20;
}
