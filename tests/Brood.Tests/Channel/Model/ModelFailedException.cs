namespace Brood.Channel.Model;

/// <summary>Some order of the accesses broke a promise; the message says which promise and which order.</summary>
public sealed class ModelFailedException(string message, Exception? inner = null) : Exception(message, inner);
