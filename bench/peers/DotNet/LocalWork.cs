namespace Brood.Bench.Peers;

/// <summary>The worker's side: answers with <see cref="Work"/>.</summary>
internal sealed class LocalWork : IRemoteWork
{
    public Task<int> IncrementAsync(int value) => Task.FromResult(Work.Increment(value));

    public Task<int[]> IncrementAllAsync(int[] values) => Task.FromResult(Work.IncrementAll(values));

    public Task<byte[]> EchoAsync(byte[] data) => Task.FromResult(Work.Echo(data));

    public Task<uint> PieceAsync(uint state) => Task.FromResult(Work.Piece(state));

    public Task<int> HangAsync(int value) => Task.FromResult(Work.Hang(value));
}
