using Brood.Memory;

namespace Brood.Channel.Model;

/// <summary>The two ends of a ring in every order of their accesses. What is promised: Memory/README.md.</summary>
public class RingModelTests(ITestOutputHelper output)
{
    /// <summary>Payload lengths. 40 bytes make a record of one line, 100 bytes one of two lines.</summary>
    [Theory]
    [InlineData(128, new[] { 40, 0, 40 }, false)]
    [InlineData(128, new[] { 40, 0, 40 }, true)]
    [InlineData(256, new[] { 40, 100, 100, 40 }, false)]
    [InlineData(256, new[] { 40, 100, 100 }, true)]
    [InlineData(1024, new[] { 40, 400, 400 }, false)]
    public void Every_record_arrives_whole_and_in_order_and_nobody_sleeps_for_ever(int capacity, int[] lengths, bool buffersStores) =>
        Walk(capacity, buffersStores, Defects.None, lengths);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_item_is_read_while_the_next_one_takes_long(bool buffersStores) => WalkItems(buffersStores, Defects.None);

    [Fact]
    public void A_consumer_of_items_that_sleeps_for_long_at_once_is_noticed() =>
        Assert.Contains("wake-up", Assert.Throws<ModelFailedException>(() => WalkItems(true, Defects.SleepsForEver)).Message);

    [Fact]
    public void A_record_is_either_withdrawn_or_taken() => WalkWithdrawals(Defects.None);

    [Fact]
    public void A_compare_exchange_that_is_not_one_is_noticed() =>
        Assert.Contains("both", Assert.Throws<ModelFailedException>(() => WalkWithdrawals(Defects.SplitCompareExchange)).Message);

    [Fact]
    public void A_machine_without_fences_is_noticed() => Assert.Contains(
        "wake-up", Assert.Throws<ModelFailedException>(() => Walk(128, true, Defects.NoFences, [40, 40, 40])).Message);

    [Fact]
    public void A_consumer_that_does_not_look_again_before_it_sleeps_is_noticed() => Assert.Contains(
        "wake-up", Assert.Throws<ModelFailedException>(() => Walk(128, false, Defects.StaleLookBeforeSleep, [40, 40, 40])).Message);

    [Fact]
    public void A_length_that_is_written_before_the_payload_is_noticed() => Assert.Contains(
        "torn", Assert.Throws<ModelFailedException>(() => WalkBrokenWriter(BrokenWriter.LengthFirst, 2)).Message);

    [Fact]
    public void A_record_that_is_written_without_asking_for_room_is_noticed() =>
        Assert.Throws<ModelFailedException>(() => WalkBrokenWriter(BrokenWriter.AsksNobody, 4));

    private void Walk(int capacity, bool buffersStores, Defects defects, int[] lengths)
    {
        var model = new Interleavings(RingActors.DataOffset + capacity, buffersStores);
        model.Walk(() =>
        {
            var received = new List<int>();
            return (
                () => RingActors.Produce(new ModelMemory(model, 0, defects), capacity, lengths),
                () => RingActors.Consume(new ModelMemory(model, 1, defects), capacity, lengths.Length, received),
                () => Assert.Equal(lengths, received));
        });
        output.WriteLine($"{model.Runs} runs, {model.States} states");
    }

    private void WalkWithdrawals(Defects defects)
    {
        const int Capacity = 256;
        var model = new Interleavings(RingActors.DataOffset + Capacity, buffersStores: false);
        model.Walk(() =>
        {
            var withdrawn = new List<int>();
            var taken = new List<int>();
            return (
                () => RingActors.ProduceAndWithdraw(new ModelMemory(model, 0, defects), Capacity, 3, withdrawn),
                () => RingActors.ConsumeUnlessWithdrawn(new ModelMemory(model, 1, defects), Capacity, 3, taken),
                () =>
                {
                    int[] both = [.. withdrawn.Intersect(taken)];
                    Assert.True(both.Length == 0, $"both withdrawn and taken: {string.Join(' ', both)}");
                    Assert.Equal([0, 1, 2], withdrawn.Concat(taken).Order());
                });
        });
        output.WriteLine($"{model.Runs} runs, {model.States} states");
    }

    private void WalkItems(bool buffersStores, Defects defects)
    {
        const int Capacity = 2 * RecordLayout.GrowthBytes;
        var model = new Interleavings(RingActors.DataOffset + Capacity, buffersStores);
        model.Walk(() =>
        {
            var items = new List<int>();
            return (
                () => RingActors.ProduceItems(new ModelMemory(model, 0, defects), Capacity, 3),
                () => RingActors.ConsumeItems(new ModelMemory(model, 1, defects), Capacity, 3, items),
                () => Assert.Equal([1, 2, 3], items));
        });
        output.WriteLine($"{model.Runs} runs, {model.States} states");
    }

    private static void WalkBrokenWriter(Action<ModelMemory, int, int> write, int count)
    {
        const int Capacity = 128;
        var model = new Interleavings(RingActors.DataOffset + Capacity, buffersStores: false);
        model.Walk(() =>
        {
            var received = new List<int>();
            return (
                () => write(new ModelMemory(model, 0), Capacity, count),
                () => RingActors.Consume(new ModelMemory(model, 1), Capacity, count, received),
                () => Assert.Equal(Enumerable.Repeat(40, count), received));
        });
    }
}
