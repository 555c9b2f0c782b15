namespace Brood.Bench.Peers;

/// <summary>Peers whose host side is this program itself, started once more for each scenario: "peer NAME …".</summary>
internal sealed record InProcessPeer(
    string Name, string Title, Func<Builder, string?> Prepare, Func<DotNetPeer> Create);

/// <inheritdoc cref="InProcessPeer"/>
internal static class InProcessPeers
{
    public const string Verb = "peer";

    public static IReadOnlyList<InProcessPeer> All { get; } =
    [
        new("brood", "Brood", _ => null, () => new BroodPeer()),
        new("process-per-call", "one process per call", builder => builder.Build("Empty"),
            () => new ProcessPerCallPeer()),
    ];

    public static Task<int> RunAsync(string name, string[] args) =>
        PeerProgram.RunAsync(All.Single(peer => peer.Name == name).Create, args);
}
