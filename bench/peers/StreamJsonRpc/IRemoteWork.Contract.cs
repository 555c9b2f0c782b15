using StreamJsonRpc;

namespace Brood.Bench.Peers;

/// <summary>The attribute has StreamJsonRpc's proxy generated when it is compiled, which it advises for speed.</summary>
[JsonRpcContract]
public partial interface IRemoteWork;
