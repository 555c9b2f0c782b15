namespace Brood.Memory;

/// <summary>One record in a ring. One producer writes it, one consumer reads it.</summary>
/// <remarks><code>
///   0        4         8      9       10       12           16           24
///   +--------+---------+------+-------+--------+------------+------------+---- ... ----+--------+
///   | Length | Claim   | Kind | Flags | unused | FunctionId | CallId     | payload     | padding|
///   | (atom) | (atom)  |      |       |        |            |            |             | to 64  |
///   +--------+---------+------+-------+--------+------------+------------+---- ... ----+--------+
/// </code>
/// Length counts header and payload, not the padding. Zero: nothing here yet. Negative: skip to the end of the ring.
/// It is written last: a positive length says that the whole record is there. Records start at multiples of 64, so a
/// small call is one cache line. docs/protocol.md, "Record".
/// </remarks>
internal static class RecordLayout
{
    public const int LengthOffset = 0;
    public const int ClaimOffset = LengthOffset + sizeof(int);
    public const int KindOffset = ClaimOffset + sizeof(int);
    public const int FlagsOffset = KindOffset + sizeof(byte);
    public const int FunctionIdOffset = KindOffset + sizeof(int);
    public const int CallIdOffset = FunctionIdOffset + sizeof(int);
    public const int PayloadOffset = CallIdOffset + sizeof(long);

    /// <summary>A cache line, and the distance between places where a record may start.</summary>
    public const int Alignment = 64;

    /// <summary>The longest record, header included. Longer payloads travel in the bulk area.</summary>
    public const int MaxBytes = 32 * 1024;

    public const int MaxPayloadBytes = MaxBytes - PayloadOffset;

    /// <summary>Where the state word of a record that grows stands, see <see cref="GrowthState"/>; its items follow.</summary>
    public const int GrowthOffset = PayloadOffset;
    public const int GrowthItemsOffset = GrowthOffset + sizeof(int);

    /// <summary>The length of a record that grows. Room that is left when it is closed stays unused.</summary>
    public const int GrowthBytes = 8 * 1024;

    public static int Padded(int lengthBytes) => (lengthBytes + Alignment - 1) & -Alignment;
}

/// <summary>The one word that says how far a record has grown: written after each item, read by the consumer at any time.</summary>
/// <remarks><code>
///   31       30 ... 15      14 ... 0
///   +--------+--------------+--------------+
///   | Closed | Count        | Bytes        |
///   +--------+--------------+--------------+
/// </code>Bytes and Count are those of all items so far; they never shrink.</remarks>
internal readonly record struct GrowthState(int Bytes, int Count, bool IsClosed)
{
    public const int MaxBytes = (1 << 15) - 1;
    public const int MaxCount = (1 << 16) - 1;

    public int Pack() => Bytes | (Count << 15) | (IsClosed ? int.MinValue : 0);

    public static GrowthState Unpack(int word) => new(word & MaxBytes, (word >> 15) & MaxCount, word < 0);
}
