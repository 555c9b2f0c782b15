using StreamJsonRpc;

namespace Brood.Bench.Peers;

/// <summary>The attribute has the proxy made by the compiler, which StreamJsonRpc advises for speed.</summary>
[JsonRpcContract]
public partial interface IRemoteWork;
