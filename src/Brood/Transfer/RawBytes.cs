using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Transfer;

/// <summary>Plain data as the bytes that it is. <see cref="RawTypes"/> says which types are.</summary>
/// <remarks>
/// Here and where it is used, <c>T</c> has no constraint: ReadyToRun leaves out generic code that has one on a value type,
/// and each new worker would compile it for its first int.
/// </remarks>
internal static class RawBytes
{
    public static Span<byte> Of<T>(Span<T> values)
    {
        AssertPlain<T>();
        return MemoryMarshal.CreateSpan(
            ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), checked(values.Length * Unsafe.SizeOf<T>()));
    }

    public static ReadOnlySpan<byte> Of<T>(ReadOnlySpan<T> values)
    {
        AssertPlain<T>();
        return MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), checked(values.Length * Unsafe.SizeOf<T>()));
    }

    [Conditional("DEBUG")]
    public static void AssertPlain<T>() =>
        Debug.Assert(!RuntimeHelpers.IsReferenceOrContainsReferences<T>(), "Only types without references are their bytes.");
}
