namespace Brood.Memory;

/// <summary>The private memory of one worker, shared with its host only.</summary>
/// <remarks><code>
///   0            4096           8192            12288          +CallRing      +ControlRing    +ResultRing
///   +------------+--------------+---------------+--------------+--------------+---------------+---- ... ----+
///   | identity   | status block | ring controls | call ring    | control ring | result ring   | bulk areas  |
///   | (host)     | (worker)     | 3 × 512       | host→worker  | host→worker  | worker→host   | out, back   |
///   +------------+--------------+---------------+--------------+--------------+---------------+---- ... ----+
/// </code>docs/protocol.md, "Region".</remarks>
internal static class RegionLayout
{
    public const int Magic = 0x646F7242; // "Brod" in memory
    public const int Version = 1;

    public const int MagicOffset = 0;
    public const int VersionOffset = MagicOffset + sizeof(int);
    public const int HostProcessIdOffset = VersionOffset + sizeof(int);

    /// <summary>The module version id of the host's Brood: both sides must be the same build.</summary>
    public const int BuildOffset = 16;

    public const int StatusOffset = 4096;
    public const int ControlsOffset = 8192;

    public const int CallRingBytes = 256 * 1024;
    public const int ControlRingBytes = 64 * 1024;
    public const int ResultRingBytes = 256 * 1024;

    public const int CallRingOffset = 12288;
    public const int ControlRingOffset = CallRingOffset + CallRingBytes;
    public const int ResultRingOffset = ControlRingOffset + ControlRingBytes;

    /// <summary>What is mapped from the start; the bulk areas are mapped when they are first used.</summary>
    public const int FixedBytes = ResultRingOffset + ResultRingBytes;

    /// <summary>Each direction has an area this large. It is address space only, until it is used.</summary>
    public const long BulkBytes = 16L << 30;

    public const long BulkOutOffset = (FixedBytes + 0xFFFFL) & ~0xFFFFL;
    public const long BulkBackOffset = BulkOutOffset + BulkBytes;
    public const long TotalBytes = BulkBackOffset + BulkBytes;
}

/// <summary>What producer and consumer of one ring tell each other, each word on cache lines of its own.</summary>
/// <remarks><code>
///   0               128                       256
///   +---------------+-------------------------+-------------------------+
///   | HeadPosition  | ConsumerWaiting, Signal | ProducerWaiting, Signal |
///   | (consumer)    | (both)                  | (both)                  |
///   +---------------+-------------------------+-------------------------+
/// </code></remarks>
internal static class RingControlLayout
{
    public const int HeadPositionOffset = 0;
    public const int ConsumerWaitingOffset = 128;
    public const int ConsumerSignalOffset = ConsumerWaitingOffset + sizeof(int);
    public const int ProducerWaitingOffset = 256;
    public const int ProducerSignalOffset = ProducerWaitingOffset + sizeof(int);
    public const int Bytes = 512;
}

/// <summary>What the worker is doing. It writes, the host reads, also after the worker's death.</summary>
internal static class StatusLayout
{
    public const int PhaseOffset = 0;
    public const int RunningCallIdOffset = 8;
    public const int CallsServedOffset = 16;
    public const int RunningItemOffset = 24;
    public const int PeakMemoryBytesOffset = 32;

    /// <summary>Why the worker ends, where it could still write it down: one of Workers.ExitNote.</summary>
    public const int ExitNoteOffset = 64;
    public const int ExitNoteTextBytesOffset = 68;
    public const int ExitNoteTextOffset = 72;
    public const int ExitNoteTextMaxBytes = 2048;
}
