using System.Net.Sockets;
using Brood.Bench.Peers;

if (args is ["worker", string socketPath])
{
    using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath));
    await StreamJsonRpcPeer.ServeAsync(socket);
    return 0;
}
return await PeerProgram.RunAsync(() => new StreamJsonRpcPeer(), args);
