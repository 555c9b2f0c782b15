using Brood.Bench.Peers;

if (args is ["worker", string socketPath])
{
    await GrpcService.ServeAsync(socketPath);
    return 0;
}
return await PeerProgram.RunAsync(() => new GrpcPeer(), args);
