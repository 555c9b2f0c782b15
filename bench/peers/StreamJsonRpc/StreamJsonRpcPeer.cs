using System.Diagnostics;
using System.Net.Sockets;
using StreamJsonRpc;

namespace Brood.Bench.Peers;

/// <summary>StreamJsonRpc with MessagePack over a Unix socket; the host listens, the child connects.</summary>
internal sealed class StreamJsonRpcPeer : SocketPeer
{
    public static async Task ServeAsync(Socket socket)
    {
        using JsonRpc rpc = new(NewHandler(socket));
        rpc.AddLocalRpcTarget<IRemoteWork>(new LocalWork(), null);
        rpc.StartListening();
        await rpc.Completion;
    }

    protected override async Task<SocketWorker> StartWorkerAsync(string socketPath)
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        listener.Listen();
        Process process = StartProcess(socketPath, redirectOutput: false);
        Socket socket = await listener.AcceptAsync();
        JsonRpc rpc = new(NewHandler(socket));
        IRemoteWork remote = rpc.Attach<IRemoteWork>();
        rpc.StartListening();
        return new SocketWorker(process, remote, new Connection(rpc), socketPath);
    }

    private static LengthHeaderMessageHandler NewHandler(Socket socket)
    {
        NetworkStream stream = new(socket, ownsSocket: true);
        return new LengthHeaderMessageHandler(stream, stream, new MessagePackFormatter());
    }

    private sealed class Connection(JsonRpc rpc) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            rpc.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
