using System.Runtime.CompilerServices;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;

namespace Brood.Pool;

/// <summary>All ways in which a worker is made to fail, as code that runs in it.</summary>
public static class Failures
{
    /// <summary>No honest record has this length.</summary>
    private const int RubbishLength = 5;

    public const string Throws = "throws";
    public const string Exit0 = "exit 0";
    public const string Exit1 = "exit 1";
    public const string Kill = "SIGKILL";
    public const string Segfault = "SIGSEGV";
    public const string StackOverflow = "stack overflow";
    public const string OutOfMemory = "out of memory";
    public const string Hang = "hang";
    public const string ClosesPipe = "closes its pipe";
    public const string Rubbish = "writes rubbish";

    public static readonly string[] All =
        [Throws, Exit0, Exit1, Kill, Segfault, StackOverflow, OutOfMemory, Hang, ClosesPipe, Rubbish];

    public static void Fail(string how)
    {
        switch (how)
        {
            case Throws:
                throw new InvalidDataException("on purpose");
            case Exit0 or Exit1:
                Environment.Exit(how == Exit0 ? 0 : 1);
                break;
            case Kill:
                Native.Kill(Environment.ProcessId, Native.SIGKILL);
                Spin();
                break;
            case Segfault:
                Native.StrLen(8);
                break;
            case StackOverflow:
                Overflow(1);
                break;
            case OutOfMemory:
                _ = GC.AllocateUninitializedArray<byte>(Array.MaxLength);
                break;
            case Hang:
                Spin();
                break;
            case ClosesPipe:
                // The region and the life pipe.
                Native.Close(3);
                Native.Close(4);
                break;
            case Rubbish:
                WriteRubbish($"/proc/self/fd/{LinuxWorkerFds.Region}");
                // Nothing honest is written over it.
                Native.Kill(Environment.ProcessId, Native.SIGSTOP);
                break;
        }
    }

    /// <summary>Wherever the host looks next in the ring of results, it finds what cannot be; and it is told to look.</summary>
    public static void WriteRubbish(string memoryPath)
    {
        using var file = File.OpenHandle(memoryPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using SharedRegion region = LinuxMemoryFile.Map((int)file.DangerousGetHandle(), 0, RegionLayout.FixedBytes);
        for (int at = 0; at < RegionLayout.ResultRingBytes; at += RecordLayout.Alignment)
        {
            Volatile.Write(ref region.Word32(RegionLayout.ResultRingOffset + at), RubbishLength);
        }
        Rings.ResultWriter(new RegionMemory(region, LinuxParking.Instance)).WakeConsumer();
    }

    public static int FailThenOne(string how)
    {
        Fail(how);
        return 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Overflow(int depth) => Overflow(depth + 1) + depth;

    private static void Spin()
    {
        while (true)
        {
        }
    }
}

/// <summary>Compares, which a sorted set does while it is read; fails in every process but its maker's.</summary>
public sealed class FailingComparer(string how, int hostId) : IComparer<int>
{
    public int Compare(int x, int y)
    {
        if (Environment.ProcessId != hostId)
        {
            Failures.Fail(how);
        }
        return x.CompareTo(y);
    }
}

/// <summary>Fails when it is asked what it says, which a worker does while it writes it.</summary>
public sealed class FailingException(string how, int hostId) : Exception
{
    public override string Message
    {
        get
        {
            if (Environment.ProcessId != hostId)
            {
                Failures.Fail(how);
            }
            return "Nothing befell.";
        }
    }
}

/// <summary>A console of the function's own.</summary>
internal sealed class FailingWriter(string how) : StringWriter
{
    public override void Flush() => Failures.Fail(how);
}
