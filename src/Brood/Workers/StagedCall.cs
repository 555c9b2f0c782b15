using Brood.Channel;

namespace Brood.Workers;

/// <summary>A call whose large parts are in the worker's memory already; what is left is a record of the ring.</summary>
/// <param name="Inline">The record's payload: what is small, and where the rest is.</param>
/// <param name="Offsets">The blocks that were taken for it.</param>
internal sealed record StagedCall(FrameHeader Header, byte[] Inline, long[] Offsets);
