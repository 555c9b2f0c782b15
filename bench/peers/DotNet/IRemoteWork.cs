namespace Brood.Bench.Peers;

/// <summary>The functions of <see cref="Work"/> as a service. Partial: StreamJsonRpc makes a proxy.</summary>
public partial interface IRemoteWork
{
    Task<int> IncrementAsync(int value);

    Task<int[]> IncrementAllAsync(int[] values);

    Task<byte[]> EchoAsync(byte[] data);

    Task<uint> PieceAsync(uint state);

    Task<int> HangAsync(int value);
}
