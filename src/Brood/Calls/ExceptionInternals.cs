using System.Runtime.CompilerServices;

namespace Brood.Calls;

/// <summary>The runtime's own fields, which no public member can set without running a constructor.</summary>
/// <remarks>
/// A runtime that renames one throws <see cref="MissingFieldException"/> here: the exception then arrives as a
/// <see cref="RemoteException"/>.
/// </remarks>
internal static class ExceptionInternals
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    public static extern ref string? Message(Exception e);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    public static extern ref Exception? InnerException(Exception e);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_source")]
    public static extern ref string? Source(Exception e);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_helpURL")]
    public static extern ref string? HelpLink(Exception e);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerExceptions")]
    public static extern ref Exception[] InnerExceptions(AggregateException e);
}
