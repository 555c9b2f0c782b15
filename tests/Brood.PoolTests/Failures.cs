using System.Runtime.CompilerServices;

namespace Brood.Pool;

/// <summary>All ways in which a worker is made to fail, as code that runs in it.</summary>
public static class Failures
{
    /// <summary>From the rings' controls to the end of the result ring; the status block before them is left alone.</summary>
    private const int RubbishOffset = 8192;
    private const int RubbishBytes = 584 * 1024 + 4096;

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
                var bytes = new byte[RubbishBytes];
                new Random(1).NextBytes(bytes);
                Native.PWrite(3, bytes, bytes.Length, RubbishOffset);
                break;
        }
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
