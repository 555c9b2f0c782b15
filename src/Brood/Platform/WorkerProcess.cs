using Brood.Memory;

namespace Brood.Platform;

/// <summary>How a child process is to be started.</summary>
internal sealed record ProcessStart(
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string?> EnvironmentChanges,
    string? WorkingDirectory,
    bool InheritOutput);

/// <summary>How a child process ended, as the system tells it.</summary>
/// <param name="ExitCode">Null if a signal ended it, or if the system did not say.</param>
/// <param name="Signal">0 if none.</param>
/// <param name="PeakMemoryBytes">What it had had when this side killed it; 0 if unknown.</param>
internal sealed record ProcessEnd(int? ExitCode, int Signal, long PeakMemoryBytes);

/// <summary>What the owner of a child hears.</summary>
internal interface IProcessObserver
{
    /// <summary>Whether what the child writes is to be read now. If not, <see cref="WorkerProcess.ResumeOutput"/> follows.</summary>
    bool TakesOutput { get; }

    /// <summary>Bytes that the child wrote: from any thread, one at a time. Must not block: the supervisor of all children is among
    /// them. Never called after <see cref="OnExited"/>.</summary>
    void OnOutput(bool isError, ReadOnlySpan<byte> bytes);

    /// <summary>The child is gone, with its process group; all its output has been handed over. Its memory is still there, for
    /// what it wrote last, until <see cref="WorkerProcess.CloseMemory"/>. On a thread for this call alone: it may block.</summary>
    void OnExited(ProcessEnd end);
}

/// <summary>One child process, its private memory, and what keeps it from outliving this process.</summary>
internal abstract class WorkerProcess
{
    public abstract int ProcessId { get; }

    public abstract Parking Parking { get; }

    /// <summary>Maps a part of the child's private memory here. The caller disposes it.</summary>
    public abstract SharedRegion Map(long offset, long length);

    /// <summary>Whether every page of a part of the child's private memory has been written. What was not is not there.</summary>
    public abstract bool IsWritten(long offset, long length);

    /// <summary>Nothing more will be mapped: the memory ends with its last mapping.</summary>
    public abstract void CloseMemory();

    /// <summary>Gives the memory behind a mapped part back to the system; it reads as zeros afterwards.</summary>
    public abstract void Discard(SharedRegion region);

    /// <summary>Hands a block of shared memory to the child.</summary>
    /// <returns>False: it has not taken what was sent before.</returns>
    public abstract bool TrySendShared(SharedBlock block);

    /// <summary>The block that the child sent, or that this process has already.</summary>
    public abstract SharedBlock TakeShared(long id);

    /// <summary>Ends the child and everything it started, at once. Harmless when it is already gone.</summary>
    public abstract void Kill();

    /// <summary>For the observer, when it has been told of the end: afterwards nothing is left of the child, not even its number.</summary>
    public abstract void WaitUntilReaped();

    /// <summary>Reads what the child has written so far and hands it to the observer, before it returns.</summary>
    public abstract void DrainOutput();

    /// <summary>The observer takes output again.</summary>
    public abstract void ResumeOutput();

    /// <summary>The memory that is the child's alone, in bytes; 0 if unknown.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Makes the private memory, before the child exists.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused.</exception>
    public abstract void Prepare();

    /// <summary>Starts the child. If the system refuses, nothing is left.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused.</exception>
    public abstract void Start(ProcessStart start);

    /// <summary>Instead of <see cref="Watch"/>: ends the child; when this returns, nothing is left of it.</summary>
    public abstract void Abandon();

    /// <summary>From now on the observer hears of the child.</summary>
    public abstract void Watch();

    public static WorkerProcess Create(IProcessObserver observer) => OperatingSystem.IsLinux()
        ? new LinuxWorkerProcess(observer)
        : throw new PlatformNotSupportedException("Brood starts workers on Linux only, so far.");
}

/// <summary>What a child finds of what its host prepared.</summary>
internal abstract class WorkerEndpoint
{
    public abstract Parking Parking { get; }

    public abstract SharedRegion Map(long offset, long length);

    public abstract void Discard(SharedRegion region);

    /// <inheritdoc cref="WorkerProcess.TrySendShared"/>
    public abstract bool TrySendShared(SharedBlock block);

    /// <summary>The block that the host lends; it stays mapped until <see cref="ForgetShared"/>.</summary>
    public abstract SharedBlock TakeShared(long id);

    /// <summary>The host has freed the block. Functions that kept it have it still.</summary>
    public abstract void ForgetShared(long id);

    /// <summary>The most memory that this process has had resident, in bytes; 0 if unknown.</summary>
    public abstract long PeakMemoryBytes { get; }

    /// <summary>From now on this process ends, with everything it started, when the host does.</summary>
    public abstract void FollowHost();

    /// <summary>Ends what this process started and is still there, in whatever group or session. While this process lives, they can be found.</summary>
    public abstract void EndDescendants();

    public static WorkerEndpoint Open()
    {
        if (OperatingSystem.IsLinux())
        {
            return new LinuxWorkerEndpoint();
        }
        throw new PlatformNotSupportedException("Brood starts workers on Linux only, so far.");
    }
}
