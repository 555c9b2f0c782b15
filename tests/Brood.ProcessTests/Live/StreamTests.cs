namespace Brood.Live;

public class StreamTests(SharedWorker shared) : IClassFixture<SharedWorker>
{
    /// <summary>Channel.FlowControl: a window of 64 items, and what was given back in the meantime.</summary>
    private const int MostAhead = 64 + 32;

    private static int s_made; // Of the worker's process.
    private static volatile bool s_stopped; // Of the worker's process.

    private readonly Worker _worker = shared.Worker;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Items_arrive_while_the_function_runs()
    {
        using var goOn = new CancellationTokenSource();
        var items = new List<string>();
        CancellationToken token = goOn.Token;
        await foreach (string item in _worker.StreamAsync(Waits))
        {
            items.Add(item);
            // The function waits for this: the first item was here before it ended.
            await goOn.CancelAsync();
        }
        Assert.Equal(["before", "after"], items);

        async IAsyncEnumerable<string> Waits()
        {
            yield return "before";
            var waits = new TaskCompletionSource();
            using CancellationTokenRegistration registration = token.Register(waits.SetResult);
            await waits.Task;
            yield return "after";
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_function_that_streams_is_refused_by_every_other_verb()
    {
        const string words = "Call it through StreamAsync.";
        Assert.Contains(words, (await Assert.ThrowsAsync<TransferException>(() => _worker.CallAsync(() => Three(1)))).Message);
        Assert.Contains(words, (await Assert.ThrowsAsync<TransferException>(() => _worker.CallAsync(Three, 1))).Message);
        Assert.Contains(words, Assert.Throws<TransferException>(() => _worker.Call(Three, 1)).Message);
        await using var pool = new WorkerPool(1);
        TransferException refused = Assert.Throws<TransferException>(() => pool.MapAsync(Three, [1, 2]));
        Assert.Contains(words, refused.Message);
        Assert.Contains("Three", refused.Message);
        Assert.Equal([1, 2, 3], await _worker.StreamAsync(Three, 1).ToListAsync());

        static async IAsyncEnumerable<int> Three(int first)
        {
            yield return first;
            await Task.Yield();
            yield return first + 1;
            yield return first + 2;
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_slow_reader_holds_the_function_back()
    {
        var made = new Reports<int>();
        int taken = 0;
        await foreach (int _ in _worker.StreamAsync(Counts, 1000, (IProgress<int>)made))
        {
            taken++;
            // Reports and items come in one order: none of the reports so far may be far ahead of this item.
            int ahead = made.Items.Count - taken;
            Assert.True(ahead <= MostAhead, $"The function is {ahead} items ahead.");
        }
        Assert.Equal(1000, taken);

        static async IAsyncEnumerable<int> Counts(int count, IProgress<int> progress)
        {
            for (int i = 0; i < count; i++)
            {
                progress.Report(i);
                yield return i;
            }
            await Task.CompletedTask;
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Leaving_early_stops_the_function_and_not_the_worker()
    {
        await foreach (int item in _worker.StreamAsync(Endless))
        {
            if (item == 10)
            {
                break;
            }
        }
        // Served after the stream, so the function has ended by now.
        (int made, bool stopped) = await _worker.CallAsync(() => (s_made, s_stopped));
        Assert.True(stopped);
        Assert.InRange(made, 10, 10 + MostAhead + 1);

        static async IAsyncEnumerable<int> Endless()
        {
            try
            {
                for (s_made = 0; ; s_made++)
                {
                    yield return s_made;
                    await Task.Yield();
                }
            }
            finally
            {
                s_stopped = true;
            }
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Leaving_early_cancels_what_the_function_waits_for()
    {
        await foreach (int _ in _worker.StreamAsync(OneThenNothing, default(CancellationToken)))
        {
            break;
        }
        Assert.Equal(_worker.ProcessId, await _worker.CallAsync(() => Environment.ProcessId));

        static async IAsyncEnumerable<int> OneThenNothing([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            yield return 1;
            await Task.Delay(Timeout.Infinite, token);
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Items_before_an_exception_are_delivered_first()
    {
        var items = new List<int>();
        var error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (int item in _worker.StreamAsync(Throws, 100))
            {
                items.Add(item);
            }
        });
        Assert.Equal("after 100", error.Message);
        Assert.Equal(Enumerable.Range(0, 100), items);

        static async IAsyncEnumerable<int> Throws(int after)
        {
            for (int i = 0; i < after; i++)
            {
                yield return i;
            }
            await Task.Yield();
            throw new InvalidDataException($"after {after}");
        }
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Each_enumeration_is_a_call_of_its_own()
    {
        IAsyncEnumerable<int> numbers = _worker.StreamAsync(Range, 3);
        Assert.Equal([0, 1, 2], await numbers.ToListAsync());
        Assert.Equal([0, 1, 2], await numbers.ToListAsync());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task The_token_of_the_enumeration_ends_it()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int item in _worker.StreamAsync(Range, int.MaxValue).WithCancellation(cancel.Token))
            {
                if (item == 5)
                {
                    await cancel.CancelAsync();
                }
            }
        });
        Assert.Equal(1, await _worker.CallAsync(() => 1));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Large_items_and_empty_streams_arrive()
    {
        List<byte[]> items = await _worker.StreamAsync(Large, 20).ToListAsync();
        Assert.Equal(20, items.Count);
        Assert.All(items, (item, i) => Assert.True(item.Length == 500_000 && item.All(b => b == i)));
        Assert.Empty(await _worker.StreamAsync(Range, 0).ToListAsync());

        static async IAsyncEnumerable<byte[]> Large(int count)
        {
            for (int i = 0; i < count; i++)
            {
                var item = new byte[500_000];
                Array.Fill(item, (byte)i);
                yield return item;
            }
            await Task.CompletedTask;
        }
    }

    private static async IAsyncEnumerable<int> Range(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i;
        }
        await Task.CompletedTask;
    }
}
