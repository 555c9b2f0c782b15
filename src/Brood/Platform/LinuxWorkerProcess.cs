using System.ComponentModel;
using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Platform;

/// <summary>A child on Linux: posix_spawn into a process group of its own, a pidfd to watch it, pipes for its output.</summary>
internal sealed class LinuxWorkerProcess : WorkerProcess
{
    /// <summary>The most that a pipe holds unless an administrator allows more: /proc/sys/fs/pipe-max-size.</summary>
    private const int MaxPipeBytes = 1 << 20;

    /// <summary>Shared memory that a worker sent and no result named; it may send any number.</summary>
    private const int MaxUnclaimedHandles = 64;

    private readonly Lock _gate = new();
    private readonly Lock _outputGate = new(); // Its own: output that nobody takes must not keep a kill waiting.
    private readonly IProcessObserver _observer;
    private readonly byte[] _buffer = new byte[16 * 1024]; // Guarded by _outputGate.
    private int _outputFd = -1; // Guarded by _outputGate; -1 when closed, like all of them.
    private int _errorFd = -1;
    private int _regionFd = -1; // Guarded by _gate.
    private int _lifeFd = -1; // Set by Spawn, closed by Bury.
    private LinuxHandleSocket? _handles; // Set by Spawn.
    private int _pidfd = -1; // Set by Spawn, closed by Bury.
    private bool _isOver; // Guarded by _gate. The number may soon be another's.
    private readonly ManualResetEventSlim _reaped = new();
    private long _peakBytes; // Guarded by _gate. Read before a kill: afterwards nobody knows.

    public LinuxWorkerProcess(IProcessObserver observer) => _observer = observer;

    public override int ProcessId => Pid;

    private int Pid { get; set; } // Set once, by Spawn.

    public override Parking Parking => LinuxParking.Instance;

    public override long MemoryBytes => LinuxProcessTable.PrivateBytes(Pid);

    public override void Prepare() => _regionFd = LinuxMemoryFile.Create(RegionLayout.TotalBytes);

    public override void Start(ProcessStart start)
    {
        try
        {
            Spawn(start);
        }
        catch
        {
            CloseOutput();
            CloseMemory();
            throw;
        }
    }

    public override void Watch() => LinuxSupervisor.Watch(this);

    public override void Abandon()
    {
        EndAtOnce();
        CloseOutput();
        CloseMemory();
    }

    public override SharedRegion Map(long offset, long length)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_regionFd < 0, this);
            return LinuxMemoryFile.Map(_regionFd, offset, length);
        }
    }

    public override bool IsWritten(long offset, long length)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_regionFd < 0, this);
            return LinuxMemoryFile.IsWritten(_regionFd, offset, length);
        }
    }

    public override bool TrySendShared(SharedBlock block) => _handles!.TrySend(block);

    public override SharedBlock TakeShared(long id) => _handles!.Take(id);

    public override void Discard(SharedRegion region) => LinuxMemoryFile.Discard(region);

    public override void Kill()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }
            _peakBytes = Math.Max(_peakBytes, LinuxProcessTable.PeakBytes(Pid));
            // Not reaped, so the number is still this child's. First those that left the group, while their parents
            // still lead to them.
            foreach (int descendant in LinuxProcessTable.DescendantsOf(Pid))
            {
                UnixNative.Kill(descendant, UnixNative.SIGKILL);
            }
            UnixNative.Kill(-Pid, UnixNative.SIGKILL);
        }
    }

    public override void DrainOutput()
    {
        lock (_outputGate)
        {
            DrainNeedsLock(ref _outputFd, isError: false);
            DrainNeedsLock(ref _errorFd, isError: true);
        }
    }

    public override void ResumeOutput() => LinuxSupervisor.LookAgain();

    /// <summary>What the supervisor is to poll: output, error, life of the child.</summary>
    internal void AddTo(UnixNative.PollFd[] fds, int first)
    {
        bool takes = _observer.TakesOutput;
        lock (_outputGate)
        {
            fds[first] = new UnixNative.PollFd { Fd = takes ? _outputFd : -1, Events = UnixNative.POLLIN };
            fds[first + 1] = new UnixNative.PollFd { Fd = takes ? _errorFd : -1, Events = UnixNative.POLLIN };
            fds[first + 2] = new UnixNative.PollFd { Fd = _pidfd, Events = UnixNative.POLLIN };
        }
    }

    /// <summary>The child has ended: end its group, tell of it, reap it. It is told on a thread of its own, because that may have to
    /// wait: for whoever takes the output, or for code of the program's that reads a last result. The supervisor never does.</summary>
    internal void Bury()
    {
        lock (_gate)
        {
            // Before reaping: until then nobody else can have this number.
            UnixNative.Kill(-Pid, UnixNative.SIGKILL);
            _isOver = true;
        }
        ProcessEnd end = HowItEnded();
        bool isTold = TryStartThread(() => HandOver(end));
        // Reaping takes milliseconds where others have looked at the child in /proc; whoever waits for a call need not wait for that.
        Reap();
        _reaped.Set();
        if (!isTold)
        {
            HandOver(end);
        }
    }

    public override void WaitUntilReaped() => _reaped.Wait();

    private void EndAtOnce()
    {
        UnixNative.Kill(-Pid, UnixNative.SIGKILL);
        Reap();
    }

    private void Reap()
    {
        while (UnixNative.WaitPid(Pid, out _, 0) < 0 && Marshal.GetLastPInvokeError() == UnixNative.EINTR)
        {
        }
    }

    private bool TryStartThread(ThreadStart run)
    {
        try
        {
            new Thread(run, maxStackSize: 512 * 1024) { IsBackground = true, Name = $"Brood end {Pid}" }.UnsafeStart();
            return true;
        }
        catch (OutOfMemoryException)
        {
            // The system has no thread to give.
            return false;
        }
    }

    private void HandOver(ProcessEnd end)
    {
        DrainOutput();
        CloseOutput();
        _observer.OnExited(end);
    }

    private ProcessEnd HowItEnded()
    {
        int result;
        LinuxNative.ChildState state;
        // Not wait4: its ru_maxrss begins with what this process had at the spawn, and counts what the child started, too.
        while ((result = LinuxNative.WaitId(LinuxNative.P_PID, Pid, out state, LinuxNative.WEXITED | LinuxNative.WNOWAIT)) < 0
            && Marshal.GetLastPInvokeError() == UnixNative.EINTR)
        {
        }
        if (result < 0)
        {
            // Somebody else reaped it, for example a host that ignores SIGCHLD.
            return new ProcessEnd(null, 0, _peakBytes);
        }
        return state.Code == LinuxNative.CLD_EXITED ? new ProcessEnd(state.Status, 0, _peakBytes) : new ProcessEnd(null, state.Status, _peakBytes);
    }

    private void DrainNeedsLock(ref int fd, bool isError)
    {
        // What was in the pipe when this began, and not more: something that never stops writing must not hold up an answer.
        for (int left = MaxPipeBytes; fd >= 0 && left > 0;)
        {
            nint count = UnixNative.Read(fd, ref _buffer[0], _buffer.Length);
            if (count > 0)
            {
                _observer.OnOutput(isError, _buffer.AsSpan(0, (int)count));
                left -= (int)count;
                continue;
            }
            if (count < 0 && Marshal.GetLastPInvokeError() == UnixNative.EINTR)
            {
                continue;
            }
            if (count == 0)
            {
                Close(ref fd);
            }
            return;
        }
    }

    private void Spawn(ProcessStart start)
    {
        int lifeRead = -1;
        int handlesThere = -1;
        int nullFd = -1;
        int outputWrite = -1;
        int errorWrite = -1;
        try
        {
            (lifeRead, _lifeFd) = Pipe();
            (int handlesHere, handlesThere) = SocketPair();
            _handles = new LinuxHandleSocket(handlesHere, MaxUnclaimedHandles);
            nullFd = UnixNative.MoveUp(UnixNative.Open(in "/dev/null\0"u8[0], UnixNative.O_CLOEXEC_LINUX, 0));
            if (!start.InheritOutput)
            {
                (_outputFd, outputWrite) = Pipe();
                (_errorFd, errorWrite) = Pipe();
                SetNonBlocking(_outputFd);
                SetNonBlocking(_errorFd);
            }
            using var request = new PosixSpawnRequest();
            request.ChangeDirectory(start.WorkingDirectory);
            request.Give(nullFd, 0);
            if (!start.InheritOutput)
            {
                request.Give(outputWrite, 1);
                request.Give(errorWrite, 2);
            }
            request.Give(_regionFd, LinuxWorkerFds.Region);
            request.Give(lifeRead, LinuxWorkerFds.Life);
            request.Give(handlesThere, LinuxWorkerFds.Handles);
            Pid = request.Spawn(start);
        }
        finally
        {
            Close(ref lifeRead);
            Close(ref handlesThere);
            Close(ref nullFd);
            Close(ref outputWrite);
            Close(ref errorWrite);
        }
        _pidfd = (int)LinuxNative.PidfdOpen(LinuxNative.PidfdOpenNumber, Pid, 0);
        if (_pidfd < 0)
        {
            Win32Exception error = UnixNative.Error("The new process cannot be watched (pidfd_open needs Linux 5.3)");
            EndAtOnce();
            throw error;
        }
    }

    private static void SetNonBlocking(int fd) =>
        UnixNative.Fcntl(fd, UnixNative.F_SETFL, UnixNative.Fcntl(fd, UnixNative.F_GETFL, 0) | LinuxNative.O_NONBLOCK);

    private static (int Read, int Write) Pipe()
    {
        var fds = new int[2];
        if (LinuxNative.Pipe2(ref fds[0], UnixNative.O_CLOEXEC_LINUX) != 0)
        {
            throw UnixNative.Error("The system gave no pipe");
        }
        return MoveUp(fds[0], fds[1]);
    }

    private static (int First, int Second) MoveUp(int first, int second)
    {
        try
        {
            first = UnixNative.MoveUp(first);
        }
        catch
        {
            UnixNative.Close(second);
            throw;
        }
        try
        {
            return (first, UnixNative.MoveUp(second));
        }
        catch
        {
            UnixNative.Close(first);
            throw;
        }
    }

    private static (int Here, int There) SocketPair()
    {
        var fds = new int[2];
        if (UnixNative.SocketPair(UnixNative.AF_UNIX, UnixNative.SOCK_SEQPACKET | UnixNative.O_CLOEXEC_LINUX, 0, ref fds[0]) != 0)
        {
            throw UnixNative.Error("The system gave no pair of sockets");
        }
        return MoveUp(fds[0], fds[1]);
    }

    public override void CloseMemory()
    {
        lock (_gate)
        {
            Close(ref _regionFd);
        }
        _handles?.Dispose();
    }

    private void CloseOutput()
    {
        lock (_outputGate)
        {
            Close(ref _outputFd);
            Close(ref _errorFd);
        }
        Close(ref _lifeFd);
        Close(ref _pidfd);
    }

    private static void Close(ref int fd)
    {
        if (fd >= 0)
        {
            UnixNative.Close(fd);
            fd = -1;
        }
    }
}
