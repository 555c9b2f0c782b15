namespace Brood.Bench.Peers;

/// <summary>One system of the comparison: a program that runs a scenario and prints one JSON line.</summary>
/// <remarks>
/// The program gets SCENARIO SIZE MILLISECONDS behind <see cref="Command"/> and <see cref="TrailingArguments"/> behind
/// those. It answers {"value": number} in ns, MB/s, bytes or times; or {"cannot": "reason"}; or, standing idle until
/// its standard input ends, {"host": pid, "workers": [pids]}.
/// </remarks>
/// <param name="Name">As in --peers and in the files.</param>
/// <param name="Title">As in the tables.</param>
internal sealed record Peer(string Name, string Title, Func<Builder, string?> Prepare, IReadOnlyList<string> Command)
{
    public const string FloorName = "floor";

    public IReadOnlyList<string> TrailingArguments { get; init; } = [];

    public static IReadOnlyList<Peer> All { get; } =
    [
        new(FloorName, "floor (C; empty .NET program)", builder => builder.CompileFloor() ?? builder.Build("Empty"),
            [Builder.FloorProgram, "limit"])
        {
            TrailingArguments = [Builder.ProgramOf("Empty")],
        },
        new("c-by-hand", "C, shared memory and futex", builder => builder.CompileFloor(),
            [Builder.FloorProgram, "by-hand"]),
        Python("python-by-hand", "Python multiprocessing by hand", "by_hand.py"),
        Python("python-executor", "Python ProcessPoolExecutor", "executor.py"),
        Python("python-pool", "Python multiprocessing.Pool", "pool.py"),
        new("node-fork", "Node child_process.fork by hand", builder => builder.Find("node"),
            ["node", Path.Combine(Repository.Peers, "node", "fork.js")]),
        DotNet("streamjsonrpc", "StreamJsonRpc, MessagePack, Unix socket", "StreamJsonRpc"),
        DotNet("grpc", "gRPC, Unix socket", "Grpc"),
        .. InProcessPeers.All.Select(peer => new Peer(peer.Name, peer.Title, peer.Prepare,
            [Environment.ProcessPath!, InProcessPeers.Verb, peer.Name])),
    ];

    private static Peer Python(string name, string title, string file) =>
        new(name, title, builder => builder.Find("python3"),
            ["python3", Path.Combine(Repository.Peers, "python", file)]);

    private static Peer DotNet(string name, string title, string project) =>
        new(name, title, builder => builder.Build(project), [Builder.ProgramOf(project)]);
}
