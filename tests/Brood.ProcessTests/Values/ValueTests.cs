using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Values;

public class ValueTests(SharedWorker shared) : IClassFixture<SharedWorker>
{
    private readonly Worker _worker = shared.Worker;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Large_arrays_cross_both_ways_again_and_again()
    {
        var numbers = new double[8 << 20];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i * 0.5;
        }
        for (int round = 0; round < 3; round++)
        {
            double[] back = await _worker.CallAsync(items => items, numbers);
            Assert.True(MemoryMarshal.AsBytes(numbers.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(back.AsSpan())));
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_giant_result_leaves_nothing_in_its_worker()
    {
        await using Worker worker = await Worker.StartAsync();
        long before = await worker.CallAsync(LiveBytes);
        List<string> texts = await worker.CallAsync(() => Enumerable.Range(0, 1_000_000).Select(i => $"text {i}").ToList());
        Assert.Equal("text 999999", texts[^1]);
        Assert.Equal(3, await worker.CallAsync(number => number + 1, 2));

        long kept = await worker.CallAsync(LiveBytes) - before;
        Assert.True(kept < 4 << 20, $"{kept:N0} bytes were kept");
    }

    private static long LiveBytes() => GC.GetTotalMemory(forceFullCollection: true);

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_result_whose_bits_are_no_value_fails_its_call_and_no_other()
    {
        TransferException e = await Assert.ThrowsAsync<TransferException>(() => _worker.CallAsync(MakeOddBool));
        Assert.Contains("no System.Boolean is made of such bits", e.Message);
        Assert.Equal(3, await _worker.CallAsync(number => number + 1, 2));
    }

    private static bool MakeOddBool()
    {
        byte two = 2;
        return Unsafe.As<byte, bool>(ref two);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Long_lists_cross_both_ways()
    {
        List<Animal> animals = [.. Enumerable.Range(0, 100_000).Select(i => new Animal($"animal {i}", i, i % 3 == 0 ? null : "x"))];
        Assert.Equal(animals, await _worker.CallAsync(items => items, animals));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Payloads_of_every_size_around_the_limits_arrive_whole()
    {
        foreach (int size in (int[])[0, 1, 39, 40, 41, 4095, 32_000, 32_743, 32_744, 32_745, 65_535, 65_536, 65_537, 1_000_000])
        {
            var bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            Assert.Equal(bytes, await _worker.CallAsync(items => items, bytes));
            string text = new('ä', size);
            Assert.Equal(text, await _worker.CallAsync(value => value, text));
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Strings_keep_every_character()
    {
        foreach (string text in (string[])["", "\0", "a\uD800b", "\uDC00", "😀", "\uFFFF\uFEFF", "e\u0301"])
        {
            Assert.Equal(text, await _worker.CallAsync(value => value, text));
        }
        Assert.Null(await _worker.CallAsync(value => value, (string?)null));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Many_large_calls_at_once_share_the_room()
    {
        Task<int>[] calls = [.. Enumerable.Range(0, 200).Select(i => _worker.CallAsync(bytes => bytes.Length + bytes[^1], Bytes(i)))];
        int[] lengths = await Task.WhenAll(calls);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 300_000 + i + (i & 0x7F)), lengths);

        static byte[] Bytes(int i)
        {
            var bytes = new byte[300_000 + i];
            bytes[^1] = (byte)(i & 0x7F);
            return bytes;
        }
    }

    private sealed record Animal(string Name, int Legs, string? Sound);
}
