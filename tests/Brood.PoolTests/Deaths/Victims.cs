using Brood.Memory;

namespace Brood.Pool.Deaths;

/// <summary>Functions that set a trap for the worker that runs them, and then do no more than any function does.</summary>
internal static class Victims
{
    /// <summary>What a call returns that nothing befell.</summary>
    public const int Answer = 42;

    /// <summary>Longer than a page, shorter than what goes through the bulk area.</summary>
    public const int ManyBytes = 6_000;
    public const int BulkBytes = 200_000;

    public static int Echo(int value) => value;

    public static int ReturnAnswer() => Answer;

    public static int Kill()
    {
        Native.Kill(Environment.ProcessId, Native.SIGKILL);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public static int ArmWhenIdle(string area)
    {
        Trap.WhenIdle(() => Arm(area));
        return 0;
    }

    public static int ArmAndAnswer(string area)
    {
        Arm(area);
        return Answer;
    }

    public static int ArmWithHostAsleep(string area)
    {
        Trap.AwaitHostAsleep();
        Arm(area);
        return Answer;
    }

    /// <summary>The result is published, and nothing but this process's end tells the host.</summary>
    public static int ArmAndKeepHostAsleep(string area, byte[] bytes)
    {
        Trap.KeepHostAsleep();
        Arm(area);
        return IsWhole(bytes) ? Answer : 0;
    }

    public static byte[] ArmAndReturn(string? area, int count)
    {
        if (area is not null)
        {
            Arm(area);
        }
        return Bytes(count);
    }

    public static int ArmAndTake(string? area, byte[] bytes)
    {
        if (area is not null)
        {
            Arm(area);
        }
        return IsWhole(bytes) ? Answer : 0;
    }

    /// <summary>The trap is set after Phase has become Returning, just before the result is sent.</summary>
    public static int ArmWhenFlushed(string area)
    {
        Console.SetOut(new ArmingWriter(area));
        return Answer;
    }

    public static int ArmControl(string area, CancellationToken token)
    {
        Trap.AwaitControlAsleep();
        Arm(area);
        token.WaitHandle.WaitOne();
        return Answer;
    }

    public static async IAsyncEnumerable<int> ArmAndCount(string area)
    {
        Trap.AwaitControlAsleep();
        Arm(area);
        for (int i = 0; ; i++)
        {
            yield return i;
            await Task.CompletedTask;
        }
    }

    public static async Task<int> ArmAndEnumerate(string area, IAsyncEnumerable<byte[]> source)
    {
        bool armed = false;
        await foreach (byte[] item in source)
        {
            if (!armed)
            {
                Arm(area);
                armed = true;
            }
        }
        return Answer;
    }

    public static int ReportAndKill(IProgress<int> progress)
    {
        for (int i = 1; i <= 3; i++)
        {
            progress.Report(i);
        }
        return Kill();
    }

    /// <param name="areas">By item.</param>
    public static byte[] ArmAtItem(string countersPath, string?[] areas, int item)
    {
        Counters.Count(countersPath, item);
        if (areas[item] == nameof(Kill))
        {
            Kill();
        }
        else if (areas[item] is { } area)
        {
            Arm(area);
        }
        return Bytes(ItemBytes);
    }

    /// <summary>So large that the fifth of eight lies across the end of the ring's first page, and the sixth behind it.</summary>
    public const int ItemBytes = 900;

    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    public static bool IsWhole(byte[] bytes) => bytes.AsSpan().SequenceEqual(Bytes(bytes.Length));

    public static void Arm(string area)
    {
        const int Page = 4096;
        switch (area)
        {
            case Areas.Status:
                Trap.OnWrite(RegionLayout.StatusOffset, Page);
                break;
            case Areas.Controls:
                Trap.OnWrite(RegionLayout.ControlsOffset, Page);
                break;
            case Areas.ControlsSeen:
                Trap.OnRead(RegionLayout.ControlsOffset, Page);
                break;
            case Areas.Calls:
                Trap.OnWrite(RegionLayout.CallRingOffset, RegionLayout.CallRingBytes);
                break;
            case Areas.CallsSeen:
                Trap.OnRead(RegionLayout.CallRingOffset, RegionLayout.CallRingBytes);
                break;
            case Areas.Control:
                Trap.OnWrite(RegionLayout.ControlRingOffset, RegionLayout.ControlRingBytes);
                break;
            case Areas.ControlSeen:
                Trap.OnRead(RegionLayout.ControlRingOffset, RegionLayout.ControlRingBytes);
                break;
            case Areas.Results:
                Trap.OnWrite(RegionLayout.ResultRingOffset, RegionLayout.ResultRingBytes);
                break;
            case Areas.ResultsFirstPage:
                Trap.OnWrite(RegionLayout.ResultRingOffset, Page);
                break;
            case Areas.ResultsSecondPage:
                Trap.OnWrite(RegionLayout.ResultRingOffset + Page, Page);
                break;
            case Areas.ResultsThirdPage:
                Trap.OnWrite(RegionLayout.ResultRingOffset + (2 * Page), Page);
                break;
            case Areas.BulkOut:
                Trap.OnWrite(RegionLayout.BulkOutOffset, RegionLayout.BulkBytes);
                break;
            case Areas.BulkBack:
                Trap.OnWrite(RegionLayout.BulkBackOffset, RegionLayout.BulkBytes);
                break;
            case Areas.BulkBackSecondPage:
                Trap.OnWrite(RegionLayout.BulkBackOffset + Page, Page);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(area), area, null);
        }
    }

    private sealed class ArmingWriter(string area) : StringWriter
    {
        public override void Flush() => Arm(area);
    }
}

/// <summary>What <see cref="Victims.Arm"/> protects. Those that end in "Seen" may not even be read.</summary>
internal static class Areas
{
    public const string Status = nameof(Status);
    public const string Controls = nameof(Controls);
    public const string ControlsSeen = nameof(ControlsSeen);
    public const string Calls = nameof(Calls);
    public const string CallsSeen = nameof(CallsSeen);
    public const string Control = nameof(Control);
    public const string ControlSeen = nameof(ControlSeen);
    public const string Results = nameof(Results);
    public const string ResultsFirstPage = nameof(ResultsFirstPage);
    public const string ResultsSecondPage = nameof(ResultsSecondPage);
    public const string ResultsThirdPage = nameof(ResultsThirdPage);
    public const string BulkOut = nameof(BulkOut);
    public const string BulkBack = nameof(BulkBack);
    public const string BulkBackSecondPage = nameof(BulkBackSecondPage);
}

/// <summary>Compares, which a sorted set does while it is read; the first process but its maker's that does so meets its fate.</summary>
/// <param name="markPath">A file that is there until then.</param>
/// <param name="area">What to arm; null: the process is killed there and then.</param>
internal sealed class ArmingComparer(string markPath, string? area, int hostId) : IComparer<int>
{
    public int Compare(int x, int y)
    {
        if (Environment.ProcessId != hostId && File.Exists(markPath))
        {
            File.Delete(markPath);
            if (area is null)
            {
                Victims.Kill();
            }
            Victims.Arm(area!);
        }
        return x.CompareTo(y);
    }
}
