using System.Collections;

namespace Brood.Transfer;

/// <summary>Comparers: the framework's by what they are, the application's as any other object.</summary>
internal static class Comparers
{
    /// <summary>Null if it is the default, which every collection makes for itself.</summary>
    public static object? Tell<T>(IEqualityComparer<T>? comparer) =>
        ReferenceEquals(comparer, EqualityComparer<T>.Default) ? null : comparer;

    public static object? Tell<T>(IComparer<T>? comparer) =>
        ReferenceEquals(comparer, Comparer<T>.Default) ? null : comparer;
}
