using System.Diagnostics;
using System.Net.Sockets;
using Brood.Bench.Peers.Proto;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Brood.Bench.Peers;

/// <summary>gRPC over a Unix socket; the child listens and says when, the host connects.</summary>
internal sealed class GrpcPeer : SocketPeer
{
    protected override async Task<SocketWorker> StartWorkerAsync(string socketPath)
    {
        Process process = StartProcess(socketPath, redirectOutput: true);
        if (await process.StandardOutput.ReadLineAsync() != "ready")
        {
            throw new InvalidOperationException("The gRPC worker ended before it was ready.");
        }
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        GrpcChannel channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
        });
        RemoteWork remote = new(new Remote.RemoteClient(channel));
        return new SocketWorker(process, remote, new Connection(channel), socketPath);
    }

    private sealed class RemoteWork(Remote.RemoteClient client) : IRemoteWork
    {
        public async Task<int> IncrementAsync(int value) =>
            (await client.IncrementAsync(new Number { Value = value })).Value;

        public async Task<int[]> IncrementAllAsync(int[] values)
        {
            Numbers request = new();
            request.Values.AddRange(values);
            return [.. (await client.IncrementAllAsync(request)).Values];
        }

        public async Task<byte[]> EchoAsync(byte[] data)
        {
            Bytes answer = await client.EchoAsync(new Bytes { Data = UnsafeByteOperations.UnsafeWrap(data) });
            return answer.Data.ToByteArray();
        }

        public async Task<uint> PieceAsync(uint state) => (await client.PieceAsync(new State { Value = state })).Value;

        public async Task<int> HangAsync(int value) => (await client.HangAsync(new Number { Value = value })).Value;
    }

    private sealed class Connection(GrpcChannel channel) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            channel.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
