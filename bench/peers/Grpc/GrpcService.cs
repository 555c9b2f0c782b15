using Brood.Bench.Peers.Proto;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Brood.Bench.Peers;

/// <summary>The worker's side: ASP.NET Core on a Unix socket. Says "ready" on standard output.</summary>
internal sealed class GrpcService : Remote.RemoteBase
{
    public static async Task ServeAsync(string socketPath)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Limits.MaxRequestBodySize = null;
            server.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = null;
            grpc.MaxSendMessageSize = null;
        });
        WebApplication application = builder.Build();
        application.MapGrpcService<GrpcService>();
        await application.StartAsync();
        Console.WriteLine("ready");
        await application.WaitForShutdownAsync();
    }

    public override Task<Number> Increment(Number request, ServerCallContext context) =>
        Task.FromResult(new Number { Value = Work.Increment(request.Value) });

    public override Task<Numbers> IncrementAll(Numbers request, ServerCallContext context)
    {
        Numbers answer = new();
        answer.Values.AddRange(Work.IncrementAll([.. request.Values]));
        return Task.FromResult(answer);
    }

    public override Task<Bytes> Echo(Bytes request, ServerCallContext context) =>
        Task.FromResult(new Bytes { Data = request.Data });

    public override Task<State> Piece(State request, ServerCallContext context) =>
        Task.FromResult(new State { Value = Work.Piece(request.Value) });

    public override Task<Number> Hang(Number request, ServerCallContext context) =>
        Task.FromResult(new Number { Value = Work.Hang(request.Value) });
}
