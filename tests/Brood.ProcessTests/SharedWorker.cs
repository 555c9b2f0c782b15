namespace Brood;

/// <summary>One worker for all tests of a class that do it no harm.</summary>
public sealed class SharedWorker : IAsyncLifetime
{
    public Worker Worker { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Worker = await Worker.StartAsync();

    public ValueTask DisposeAsync() => Worker.DisposeAsync();
}
