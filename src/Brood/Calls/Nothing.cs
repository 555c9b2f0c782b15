namespace Brood.Calls;

/// <summary>The result of a function that returns none.</summary>
internal readonly struct Nothing;
