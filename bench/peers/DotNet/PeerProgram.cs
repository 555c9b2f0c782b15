using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Brood.Bench.Peers;

/// <summary>Runs one scenario on one peer: SCENARIO SIZE MILLISECONDS, one JSON line on standard output.</summary>
internal sealed class PeerProgram(DotNetPeer peer, int size, int milliseconds)
{
    /// <summary>So long, not counted, a call is given to get hung, and the compiler to finish.</summary>
    private const int WarmPieces = 3;
    private const int MeasuredPieces = 3;
    private static readonly TimeSpan s_aWhile = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(Func<DotNetPeer> create, string[] args)
    {
        string scenario = args[0];
        int size = int.Parse(args[1], CultureInfo.InvariantCulture);
        int milliseconds = int.Parse(args[2], CultureInfo.InvariantCulture);
        DotNetPeer peer = create();
        await using (peer.ConfigureAwait(false))
        {
            try
            {
                double? value = await new PeerProgram(peer, size, milliseconds).RunAsync(scenario);
                if (value is not null)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"value":{{value:F3}}}"""));
                }
            }
            catch (CannotException cannot)
            {
                Console.WriteLine($$"""{"cannot":"{{JsonEncodedText.Encode(cannot.Message)}}"}""");
            }
        }
        return 0;
    }

    private async Task<double?> RunAsync(string scenario) => scenario switch
    {
        "call" or "call-one-core" => peer.HasBlockingCall ? await CallBlockingAsync() : await CallAsync(),
        "call-async" or "call-async-one-core" =>
            peer.HasBlockingCall ? await CallAsync() : throw new CannotException("see call"),
        "in-flight" => await CallManyAsync(),
        "map" => await MapAsync(),
        "bytes" => await EchoAsync(),
        "cold-start" => await ColdStartAsync(),
        "crash" => await CrashAsync(),
        "hung" => await HungAsync(),
        "idle-memory" or "idle-cpu" => await IdleAsync(),
        "pieces" => await PiecesAsync(),
        "shared-argument" => await SharedArgumentAsync(),
        _ => throw new CannotException("no such scenario"),
    };

    private async Task<double> CallBlockingAsync()
    {
        await peer.StartAsync(1);
        return await RepeatAsync(() =>
        {
            for (int i = 0; i < size; i++)
            {
                Expect(peer.Call(i), i + 1);
            }
            return Task.CompletedTask;
        }) / size;
    }

    private async Task<double> CallAsync()
    {
        await peer.StartAsync(1);
        int count = Math.Min(size, peer.EnoughCalls);
        return await RepeatAsync(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                Expect(await peer.CallAsync(i), i + 1);
            }
        }) / count;
    }

    private async Task<double> CallManyAsync()
    {
        await peer.StartAsync(2);
        int count = Math.Min(size, peer.EnoughCalls);
        return await RepeatAsync(async () => Expect(await peer.CallManyAsync(count), SumTo(count))) / count;
    }

    private async Task<double> MapAsync()
    {
        await peer.StartAsync(2);
        return await RepeatAsync(async () => Expect(await peer.MapAsync(size), SumTo(size))) / size;
    }

    /// <returns>Megabytes (10^6) a second, counting what goes there and what comes back.</returns>
    private async Task<double> EchoAsync()
    {
        await peer.StartAsync(1);
        byte[] data = new byte[size];
        double nanoseconds = await RepeatAsync(async () => Expect((await peer.EchoAsync(data)).Length, size));
        return 2.0 * size / 1e6 / (nanoseconds / 1e9);
    }

    private async Task<double> ColdStartAsync()
    {
        long start = Stopwatch.GetTimestamp();
        await peer.StartAsync(1);
        Expect(await peer.CallAsync(1), 2);
        return NanosecondsSince(start);
    }

    private async Task<double> CrashAsync()
    {
        await peer.StartAsync(1);
        Task hung = peer.HangAsync(CancellationToken.None);
        await Task.Delay(s_aWhile);
        using Process worker = Process.GetProcessById((await peer.GetWorkerIdsAsync())[0]);
        long start = Stopwatch.GetTimestamp();
        worker.Kill();
        await FailureOf(hung);
        return NanosecondsSince(start);
    }

    private async Task<double> HungAsync()
    {
        await peer.StartAsync(1);
        Expect(await peer.CallAsync(1), 2);
        using CancellationTokenSource kill = new();
        Task hung = peer.HangAsync(kill.Token);
        await Task.Delay(s_aWhile);
        long start = Stopwatch.GetTimestamp();
        await kill.CancelAsync();
        await FailureOf(hung);
        Expect(await peer.CallAsync(1), 2);
        return NanosecondsSince(start);
    }

    /// <summary>The runner reads the figures of the processes named here, then closes standard input.</summary>
    private async Task<double?> IdleAsync()
    {
        await peer.StartAsync(size);
        int[] workers = await peer.GetWorkerIdsAsync();
        Console.WriteLine($$"""{"host":{{Environment.ProcessId}},"workers":[{{string.Join(',', workers)}}]}""");
        using Stream input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }
        return null;
    }

    /// <returns>How many times faster than this process alone.</returns>
    private async Task<double> PiecesAsync()
    {
        await peer.StartAsync(2);
        var ratios = new List<double>();
        // .NET compiles what has been called thirty times anew, twice, in the pauses: in every process, on the processors that the
        // pieces need. So a program that runs is measured after three times.
        for (int time = 0; time < WarmPieces + MeasuredPieces; time++)
        {
            long start = Stopwatch.GetTimestamp();
            long expected = PiecesAlone(size);
            double alone = NanosecondsSince(start);
            start = Stopwatch.GetTimestamp();
            long sum = await PiecesTogetherAsync(size);
            double together = NanosecondsSince(start);
            Expect(sum, expected);
            if (time >= WarmPieces)
            {
                ratios.Add(alone / together);
            }
            await Task.Delay(s_aWhile);
        }
        ratios.Sort();
        return ratios[ratios.Count / 2];
    }

    private static long PiecesAlone(int count)
    {
        long sum = 0;
        for (uint i = 0; i < count; i++)
        {
            sum += Work.Piece(i);
        }
        return sum;
    }

    private async Task<long> PiecesTogetherAsync(int count)
    {
        uint[] results = await Task.WhenAll(Enumerable.Range(0, count).Select(i => peer.PieceAsync((uint)i)));
        return results.Sum(result => (long)result);
    }

    private async Task<double> SharedArgumentAsync()
    {
        await peer.StartAsync(1);
        Func<int> call = await peer.ShareAsync(size);
        const int Batch = 100;
        return await RepeatAsync(() =>
        {
            for (int i = 0; i < Batch; i++)
            {
                call();
            }
            return Task.CompletedTask;
        }) / Batch;
    }

    /// <summary>.NET compiles hot code anew after a while: a warm program is one that has run for some seconds.</summary>
    private const int WarmUpFactor = 4;

    /// <returns>Nanoseconds an operation, warmed up for some times as long.</returns>
    private async Task<double> RepeatAsync(Func<Task> operation)
    {
        double result = 0;
        foreach (int limitMilliseconds in (int[])[milliseconds * WarmUpFactor, milliseconds])
        {
            long start = Stopwatch.GetTimestamp();
            int count = 0;
            do
            {
                await operation();
                count++;
            }
            while (NanosecondsSince(start) < limitMilliseconds * 1e6);
            result = NanosecondsSince(start) / count;
        }
        return result;
    }

    private static double NanosecondsSince(long start) => Stopwatch.GetElapsedTime(start).TotalNanoseconds;

    private static long SumTo(long count) => count * (count + 1) / 2;

    private static void Expect(long actual, long expected)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"The result is {actual}, not {expected}.");
        }
    }

    private static async Task FailureOf(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception)
        {
            return;
        }
        throw new InvalidOperationException("The call of the killed worker succeeded.");
    }
}
