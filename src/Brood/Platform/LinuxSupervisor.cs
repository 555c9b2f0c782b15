namespace Brood.Platform;

/// <summary>One thread that waits for the output and the end of all children. It exists while there are any.</summary>
/// <remarks>It sleeps in poll(2) and takes part in nothing else, so a busy thread pool does not delay the news of a death. It runs
/// no code of the user's and writes nowhere: one worker's output or end that is held up holds up no other's.</remarks>
internal static class LinuxSupervisor
{
    /// <summary>Output, error, and the life of the process.</summary>
    private const int FdsPerWorker = 3;

    /// <summary>In a process that has no descriptors left, it looks by itself whether there is another child.</summary>
    private const int MillisecondsWithoutBell = 50;

    private static readonly Lock s_gate = new();
    private static readonly List<LinuxWorkerProcess> s_watched = []; // Guarded by s_gate.
    private static Thread? s_thread; // Guarded by s_gate.
    private static int s_bellRead = -1; // The supervisor's pipe to itself; -1: the system gave none. Guarded by s_gate.
    private static int s_bellWrite = -1;

    public static void Watch(LinuxWorkerProcess process)
    {
        lock (s_gate)
        {
            s_watched.Add(process);
            if (s_thread is null)
            {
                int[] bell = [-1, -1];
                LinuxNative.Pipe2(ref bell[0], UnixNative.O_CLOEXEC_LINUX);
                (s_bellRead, s_bellWrite) = (bell[0], bell[1]);
                s_thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "Brood supervisor" };
                s_thread.Start();
                return;
            }
            RingNeedsLock();
        }
    }

    /// <summary>What a child is polled for has changed.</summary>
    public static void LookAgain()
    {
        lock (s_gate)
        {
            if (s_thread is not null)
            {
                RingNeedsLock();
            }
        }
    }

    private static void RingNeedsLock()
    {
        if (s_bellWrite >= 0)
        {
            byte one = 1;
            UnixNative.Write(s_bellWrite, ref one, 1);
        }
    }

    private static void Run()
    {
        var fds = new UnixNative.PollFd[1 + FdsPerWorker];
        var watched = new List<LinuxWorkerProcess>();
        var buffer = new byte[64];
        while (true)
        {
            watched.Clear();
            lock (s_gate)
            {
                if (s_watched.Count == 0)
                {
                    if (s_bellRead >= 0)
                    {
                        UnixNative.Close(s_bellRead);
                        UnixNative.Close(s_bellWrite);
                    }
                    s_thread = null;
                    return;
                }
                fds[0] = new UnixNative.PollFd { Fd = s_bellRead, Events = UnixNative.POLLIN };
                watched.AddRange(s_watched);
            }
            int count = 1 + (watched.Count * FdsPerWorker);
            if (fds.Length < count)
            {
                fds = new UnixNative.PollFd[count * 2];
                continue;
            }
            for (int i = 0; i < watched.Count; i++)
            {
                watched[i].AddTo(fds, 1 + (i * FdsPerWorker));
            }
            if (UnixNative.Poll(ref fds[0], count, fds[0].Fd >= 0 ? -1 : MillisecondsWithoutBell) <= 0)
            {
                continue;
            }
            if (fds[0].ReturnedEvents != 0)
            {
                UnixNative.Read(fds[0].Fd, ref buffer[0], buffer.Length);
            }
            for (int i = 0; i < watched.Count; i++)
            {
                Serve(watched[i], fds, 1 + (i * FdsPerWorker));
            }
        }
    }

    private static void Serve(LinuxWorkerProcess process, UnixNative.PollFd[] polled, int first)
    {
        if (polled[first + 2].ReturnedEvents != 0)
        {
            lock (s_gate)
            {
                s_watched.Remove(process);
            }
            process.Bury();
        }
        else if (polled[first].ReturnedEvents != 0 || polled[first + 1].ReturnedEvents != 0)
        {
            process.DrainOutput();
        }
    }
}
