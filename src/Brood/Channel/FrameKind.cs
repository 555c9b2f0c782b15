namespace Brood.Channel;

/// <summary>What a record is for. docs/protocol.md, "Frames".</summary>
internal enum FrameKind : byte
{
    // Host to worker, call ring: served one after another.

    /// <summary>Gives a function id its meaning.</summary>
    Define = 1,

    /// <summary>Call a function; answered by Result or Failed.</summary>
    Call = 2,

    /// <summary>Call a function that streams; answered by Item…, then End or Failed.</summary>
    CallStream = 3,

    /// <summary>Call a function once for each of several arguments; answered by Item or ItemFailed for each, then End.</summary>
    CallChunk = 4,

    /// <summary>Everything before this is done; end the process.</summary>
    Exit = 5,

    /// <summary>The host has freed shared memory that it had handed over; CallId is its number.</summary>
    Forget = 6,

    // Host to worker, control ring: read while a function runs.

    /// <summary>Cancel the tokens that the call took.</summary>
    Cancel = 16,

    /// <summary>The reader of a stream wants so many items more.</summary>
    Credit = 17,

    /// <summary>The next item of a source that the host enumerates for the worker.</summary>
    SourceItem = 18,

    /// <summary>Such a source has ended.</summary>
    SourceEnd = 19,

    /// <summary>Such a source has thrown.</summary>
    SourceFailed = 20,

    // Worker to host, result ring.

    /// <summary>The worker serves.</summary>
    Ready = 32,

    /// <summary>The call's result.</summary>
    Result = 33,

    /// <summary>The call threw.</summary>
    Failed = 34,

    /// <summary>The next item of a stream, or the result of the next argument of a chunk.</summary>
    Item = 35,

    /// <summary>Results of the next arguments of a chunk, in a record that grows.</summary>
    Items = 40,

    /// <summary>The next argument of a chunk threw.</summary>
    ItemFailed = 36,

    /// <summary>The stream or the chunk is complete.</summary>
    End = 37,

    /// <summary>A report to an <see cref="IProgress{T}"/>.</summary>
    Progress = 38,

    /// <summary>The worker wants an item of a source, or (with no credit) no more of them.</summary>
    Pull = 39,
}

[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>The payload ends with a table of blocks in the bulk area.</summary>
    Blocks = 1,

    /// <summary>The inline bytes were too long for a record: the first block holds them.</summary>
    InlineInBulk = 2,

    /// <summary>The call may have written to its standard output: read that first.</summary>
    Output = 4,

    /// <summary>The payload begins with the caller's culture and activity.</summary>
    Ambient = 8,

    /// <summary>With Failed: the function had not started.</summary>
    NotStarted = 16,

    /// <summary>The control ring must be read while this call runs: it takes a token, streams, or has live arguments.</summary>
    Control = 32,

    /// <summary>The record grows while it lies in the ring. FunctionId of what is read says how many items are new.</summary>
    Growing = 64,
}

/// <summary>What stands in a record's Claim word.</summary>
internal static class Claim
{
    public const int Ready = 1;
    public const int Taken = 2;
    public const int Withdrawn = 3;
}

/// <summary>A record's header, copied out once and then checked.</summary>
internal readonly record struct FrameHeader(FrameKind Kind, FrameFlags Flags, int FunctionId, long CallId);
