using Brood.Calls;
using Brood.Channel;
using Brood.Transfer;
using Brood.Workers;

namespace Brood.Pool;

/// <summary>A call that only remembers what became of it.</summary>
/// <param name="items">More than one: it is a map's.</param>
internal sealed class FakeCall(CallOptions options, int items = 1) : PendingCall(s_function, options)
{
    private static readonly Function s_function = Function.Of(Nothing);

    private int _told;

    public int Number { get; init; }

    /// <summary>How often its function was entered, since it last made progress.</summary>
    public int Starts { get; set; }

    public int TotalStarts { get; set; }

    public int Completions { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>The items that are done, of one that is made of several.</summary>
    public int Done { get; set; }

    public int Rewound { get; private set; }

    /// <summary>How many of them a test knows to be finished.</summary>
    public int Counted { get; set; }

    public override int Invocations => items - Rewound;

    public int Items => items;

    public override FrameKind Kind => FrameKind.Call;

    public override bool IsCompleted => Completions > 0;

    public override bool BoundsItself => items > 1;

    public override int TakeFinished(bool hasEnded)
    {
        int finished = (hasEnded ? items : Done) - _told;
        _told += finished;
        return finished;
    }

    public override bool NeedsRewind => Done > Rewound;

    public override void Rewind() => Rewound = Done;

    public override void OnResult(ref TransferReader reader) => Return();

    public void Return()
    {
        if (TryEnd())
        {
            Completions++;
        }
    }

    public override string ToString() => $"call {Number} (priority {Options.Priority}, order {Order}, starts {TotalStarts}, ended {IsEnded})";

    protected override void CompleteFailed(Exception error)
    {
        Completions++;
        Error = error;
    }

    private static void Nothing() { }
}
