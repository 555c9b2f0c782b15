using System.Text;
using Brood.Memory;

namespace Brood.Workers;

/// <summary>What a worker is doing.</summary>
internal enum WorkerPhase
{
    Starting = 0,
    Idle = 1,

    /// <summary>Reads the arguments of RunningCallId. The function has not started.</summary>
    Decoding = 2,

    /// <summary>The function of RunningCallId has started.</summary>
    Running = 3,

    /// <summary>The function has ended; its result is being written.</summary>
    Returning = 4,

    /// <summary>Ends, because it was asked to.</summary>
    Exiting = 5,
}

/// <summary>Why a worker ends, in its own words, where it could still say so.</summary>
internal enum ExitNote
{
    None = 0,

    /// <summary>It was joined.</summary>
    Joined = 1,

    /// <summary>An exception was not handled; the text says which.</summary>
    UnhandledException = 2,

    /// <summary>The process was ended by code that ran in it.</summary>
    ProcessExit = 3,

    /// <summary>It could not start; the text says why.</summary>
    StartFailed = 4,
}

/// <summary>The status block. The worker writes it, the host reads it, also when the worker is dead.</summary>
/// <remarks>
/// A call has started if and only if RunningCallId is its id and Phase is Running or Returning: the worker writes the id
/// before the phase, and the phase before it enters the function. Only one call runs at a time.
/// </remarks>
internal readonly struct WorkerStatus(SharedRegion region)
{
    public WorkerPhase Phase => (WorkerPhase)Volatile.Read(ref region.Word32(RegionLayout.StatusOffset + StatusLayout.PhaseOffset));

    public long RunningCallId => Volatile.Read(ref region.Word64(RegionLayout.StatusOffset + StatusLayout.RunningCallIdOffset));

    /// <summary>Which item of a chunk: valid while the phase is Running or Returning.</summary>
    public int RunningItem => Volatile.Read(ref region.Word32(RegionLayout.StatusOffset + StatusLayout.RunningItemOffset));

    public long CallsServed => Volatile.Read(ref region.Word64(RegionLayout.StatusOffset + StatusLayout.CallsServedOffset));

    /// <remarks>The id first: the phase of an earlier call has been left by the time the id is written.</remarks>
    public bool HasStarted(long callId) => RunningCallId == callId && Phase is WorkerPhase.Running or WorkerPhase.Returning;

    /// <summary>Whether the worker reads the arguments of this call.</summary>
    public bool IsReading(long callId) => Phase == WorkerPhase.Decoding && RunningCallId == callId;

    /// <summary>Set by a worker that ends in an orderly way.</summary>
    public long PeakMemoryBytes
    {
        get => Volatile.Read(ref region.Word64(RegionLayout.StatusOffset + StatusLayout.PeakMemoryBytesOffset));
        set => Volatile.Write(ref region.Word64(RegionLayout.StatusOffset + StatusLayout.PeakMemoryBytesOffset), value);
    }

    public void Decoding(long callId)
    {
        Volatile.Write(ref region.Word64(RegionLayout.StatusOffset + StatusLayout.RunningCallIdOffset), callId);
        Enter(WorkerPhase.Decoding);
    }

    /// <summary>Reads the next item of a chunk.</summary>
    public void DecodingItem(int item)
    {
        Enter(WorkerPhase.Decoding);
        Volatile.Write(ref region.Word32(RegionLayout.StatusOffset + StatusLayout.RunningItemOffset), item);
    }

    public void Enter(WorkerPhase phase) =>
        Volatile.Write(ref region.Word32(RegionLayout.StatusOffset + StatusLayout.PhaseOffset), (int)phase);

    public void Served()
    {
        ref long served = ref region.Word64(RegionLayout.StatusOffset + StatusLayout.CallsServedOffset);
        Volatile.Write(ref served, served + 1);
    }

    /// <summary>Writes a note unless there is one already: the first cause is the one to know.</summary>
    public void LeaveNote(ExitNote note, string text)
    {
        ref int word = ref region.Word32(RegionLayout.StatusOffset + StatusLayout.ExitNoteOffset);
        if (Volatile.Read(ref word) != 0)
        {
            return;
        }
        Span<byte> room = region.Slice(
            RegionLayout.StatusOffset + StatusLayout.ExitNoteTextOffset, StatusLayout.ExitNoteTextMaxBytes);
        Encoding.UTF8.TryGetBytes(text.AsSpan(0, Math.Min(text.Length, room.Length / 3)), room, out int count);
        Volatile.Write(ref region.Word32(RegionLayout.StatusOffset + StatusLayout.ExitNoteTextBytesOffset), count);
        Volatile.Write(ref word, (int)note);
    }

    public (ExitNote Note, string Text) ReadNote()
    {
        var note = (ExitNote)Volatile.Read(ref region.Word32(RegionLayout.StatusOffset + StatusLayout.ExitNoteOffset));
        int count = Volatile.Read(ref region.Word32(RegionLayout.StatusOffset + StatusLayout.ExitNoteTextBytesOffset));
        // The worker is not trusted with its own length.
        count = Math.Clamp(count, 0, StatusLayout.ExitNoteTextMaxBytes);
        return (note, note == ExitNote.None ? "" : Encoding.UTF8.GetString(
            region.Slice(RegionLayout.StatusOffset + StatusLayout.ExitNoteTextOffset, count)));
    }
}
