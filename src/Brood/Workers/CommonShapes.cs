using System.Runtime.CompilerServices;
using Brood.Calls;

namespace Brood.Workers;

/// <summary>Names the shapes that most first calls have, so that they are compiled ahead with the library.</summary>
/// <remarks>Never called. Without it, the first call of an int function compiles some thirty methods in host and worker, about 10 ms.</remarks>
internal static class CommonShapes
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Name(Callable target)
    {
        OfArgument<int>(target);
        OfArgument<long>(target);
        OfArgument<double>(target);
        OfArgument<bool>(target);
        OfArgument<string>(target);
        OfArgument<byte[]>(target);
    }

    private static void OfArgument<T>(Callable target)
    {
        Of<T, int>(target);
        Of<T, long>(target);
        Of<T, double>(target);
        Of<T, bool>(target);
        Of<T, string>(target);
        Of<T, byte[]>(target);
        target.CallAsync((Action<T>)null!, default(T)!);
        new ActionInvoker<T>().Run(ref Unsafe.NullRef<Transfer.TransferReader>(), null!);
    }

    private static void Of<T, R>(Callable target)
    {
        target.CallAsync((Func<T, R>)null!, default(T)!);
        target.CallAsync((Func<T, Task<R>>)null!, default(T)!);
        target.CallAsync((Func<R>)null!);
        target.Call((Func<T, R>)null!, default(T)!);
        new FuncInvoker<R>().Run(ref Unsafe.NullRef<Transfer.TransferReader>(), null!);
        new FuncInvoker<T, R>().Run(ref Unsafe.NullRef<Transfer.TransferReader>(), null!);
        new FuncInvoker<T, Task<R>>().Run(ref Unsafe.NullRef<Transfer.TransferReader>(), null!);
        _ = new PendingResult<R>(null!, null!, null).AsTask();
    }
}
