namespace Brood.Transfer;

/// <summary>Why values of a type stay where they are, and what to do about it.</summary>
/// <param name="Why">Continues "it is a Foo, …".</param>
/// <param name="Advice">One or two whole sentences.</param>
/// <param name="Within">The part of the type that is at fault, such as <c>.Handle</c>; empty if the type itself is.</param>
/// <param name="Part">The type of that part.</param>
internal sealed record Refusal(string Why, string Advice, string Within = "", Type? Part = null);
