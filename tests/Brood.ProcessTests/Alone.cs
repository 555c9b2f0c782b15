namespace Brood;

/// <summary>For tests that count what the process has, or that take over its console.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
