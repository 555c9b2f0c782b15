namespace Brood.Transfer;

public class LiveTests
{
    [Fact]
    public void Tokens_progress_and_streams_travel_as_the_ids_that_the_sender_gave()
    {
        using var source = new CancellationTokenSource();
        var progress = new Progress<int>();
        var sender = new Sender();
        var args = new Arguments { Token = source.Token, Progress = progress, Items = Items() };
        Payload payload = TransferHarness.Write(args, typeof(Arguments), TypePolicy.TrustHost, sender);
        Assert.Equal(3, sender.Added.Count);
        var copy = (Arguments)TransferHarness.Read(payload, typeof(Arguments), TypePolicy.TrustHost, new Receiver(sender.Added))!;
        Assert.Equal(source.Token, copy.Token);
        Assert.Same(progress, copy.Progress);
        Assert.Same(args.Items, copy.Items);
    }

    [Fact]
    public void Where_nothing_stays_connected_they_are_refused_and_an_empty_token_is_not()
    {
        using var source = new CancellationTokenSource();
        TransferHarness.Refused(source.Token);
        TransferHarness.Refused<IProgress<int>>(new Progress<int>());
        TransferHarness.Refused(Items());
        Assert.Equal(CancellationToken.None, TransferHarness.Copy(CancellationToken.None));
        Assert.Null(TransferHarness.Copy<IProgress<int>?>(null));
    }

    [Fact]
    public void No_delegate_is_sent_to_a_reader_that_does_not_trust_the_sender() =>
        Assert.Contains("names code", TransferHarness.Refused<Func<int>>(() => 1).Message);

    private static async IAsyncEnumerable<int> Items()
    {
        yield return await Task.FromResult(1);
    }

    public sealed class Arguments
    {
        public CancellationToken Token { get; set; }
        public IProgress<int>? Progress { get; set; }
        public IAsyncEnumerable<int>? Items { get; set; }
    }

    private sealed class Sender : LiveSender
    {
        public List<object> Added { get; } = [];

        public override int Add(CancellationToken token) => AddAny(token);
        public override int Add<T>(IProgress<T> progress) => AddAny(progress);
        public override int Add<T>(IAsyncEnumerable<T> source) => AddAny(source);
        public override void AddShared(Brood.Memory.SharedBlock block) => throw new NotSupportedException();

        private int AddAny(object value)
        {
            Added.Add(value);
            return Added.Count;
        }
    }

    private sealed class Receiver(List<object> values) : LiveReceiver
    {
        public override CancellationToken GetToken(int id) => (CancellationToken)values[id - 1];
        public override IProgress<T> GetProgress<T>(int id) => (IProgress<T>)values[id - 1];
        public override IAsyncEnumerable<T> GetAsyncEnumerable<T>(int id) => (IAsyncEnumerable<T>)values[id - 1];
        public override Brood.Memory.SharedBlock GetShared(long sharedId) => throw new NotSupportedException();
    }
}
