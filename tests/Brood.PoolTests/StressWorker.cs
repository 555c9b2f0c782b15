namespace Brood.Pool;

/// <summary>What crosses in <see cref="ChannelStress"/>: bytes that follow from a number, and so does how many.</summary>
internal static class StressPayload
{
    private const int MaxLength = 1 << 20;

    private static readonly byte[] s_noise = MakeNoise();

    /// <summary>Mostly small; some about as long as a record may be; a few that need the bulk area.</summary>
    public static int LengthOf(long number) => (int)(Hash(number) % 64) switch
    {
        0 => (int)(Hash(~number) % MaxLength),
        1 or 2 => 32_000 + (int)(Hash(~number) % 1_000),
        < 10 => (int)(Hash(~number) % 8_000),
        _ => (int)(Hash(~number) % 200),
    };

    public static byte[] Of(long number) => BytesOf(number).ToArray();

    public static bool Is(ReadOnlySpan<byte> bytes, long number) => bytes.SequenceEqual(BytesOf(number));

    private static ReadOnlySpan<byte> BytesOf(long number) => s_noise.AsSpan((int)(Hash(number) >> 46), LengthOf(number));

    private static ulong Hash(long number)
    {
        ulong hash = (ulong)number * 0x9E3779B97F4A7C15;
        return (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
    }

    private static byte[] MakeNoise()
    {
        var noise = new byte[MaxLength + (1 << 18)];
        new Random(1).NextBytes(noise);
        return noise;
    }
}

/// <summary>The functions that <see cref="ChannelStress"/> calls. They run one at a time.</summary>
internal static class StressWorker
{
    private static readonly long[] s_last = new long[16]; // By lane.
    private static readonly long[] s_served = new long[16]; // By lane.

    public static byte[] Answer(int lane, long number, byte[] payload)
    {
        Require(StressPayload.Is(payload, number), $"lane {lane}: the argument of call {number:N0} is not its own");
        Require(number > s_last[lane], $"lane {lane}: call {number:N0} came after {s_last[lane]:N0}");
        s_last[lane] = number;
        s_served[lane]++;
        return StressPayload.Of(-number);
    }

    /// <summary>Takes a token, so that nobody kills its worker when it is cancelled too late.</summary>
    public static byte[] AnswerUnlessCancelled(int lane, long number, byte[] payload, CancellationToken token)
    {
        _ = token;
        return Answer(lane, number, payload);
    }

    public static long Served(int lane) => s_served[lane];

    public static byte[] Item(long number) => StressPayload.Of(number);

    public static async IAsyncEnumerable<byte[]> Count(long first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return StressPayload.Of(first + i);
        }
        await Task.CompletedTask;
    }

    public static async Task<int> ReadAllAsync(long first, IAsyncEnumerable<byte[]> items)
    {
        int count = 0;
        await foreach (byte[] item in items)
        {
            Require(StressPayload.Is(item, first + count), $"item {count:N0} of a source is not its own");
            count++;
        }
        return count;
    }

    public static void Report(int count, IProgress<int> progress)
    {
        for (int i = 0; i < count; i++)
        {
            progress.Report(i);
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
