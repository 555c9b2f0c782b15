using System.Reflection;
using Brood.Transfer;

namespace Brood.Calls;

/// <summary>A function as the worker knows it: reads the arguments, calls it, writes what it returned.</summary>
internal abstract class Invoker
{
    private MethodInfo _method = null!;
    private Type _delegateType = null!;
    private CapturedVariables? _captured;

    /// <summary>Reads a definition that the host wrote.</summary>
    public static Invoker Read(ref TransferReader reader)
    {
        Type delegateType = TypeIdentity.Read(ref reader);
        Invoker invoker = Create(delegateType);
        invoker._delegateType = delegateType;
        (invoker._method, invoker._captured) = CalledFunction.Read(ref reader);
        if (invoker._captured is null)
        {
            invoker.Bind(CalledFunction.Bind(delegateType, invoker._method, null, ref reader));
        }
        return invoker;
    }

    /// <summary>Serves one call. What the function throws comes out of it.</summary>
    public void Run(ref TransferReader reader, ServedCall call)
    {
        ReadTarget(ref reader);
        RunOne(ref reader, call);
    }

    /// <summary>Serves a chunk: the function once for each of several arguments.</summary>
    public void RunEach(ref TransferReader reader, ServedCall call)
    {
        ReadTarget(ref reader);
        RunMany(ref reader, call);
    }

    protected abstract void Bind(Delegate function);

    protected abstract void RunOne(ref TransferReader reader, ServedCall call);

    protected virtual void RunMany(ref TransferReader reader, ServedCall call) =>
        throw new TransferException("Only functions of one argument are called for each of several.");

    private void ReadTarget(ref TransferReader reader)
    {
        if (_captured is not null)
        {
            Bind(CalledFunction.Bind(_delegateType, _method, _captured, ref reader));
        }
    }

    private static Invoker Create(Type delegateType)
    {
        Type[] types = delegateType.IsGenericType ? delegateType.GetGenericArguments() : [];
        bool isAction = delegateType == typeof(Action) || delegateType.Name.StartsWith("Action`", StringComparison.Ordinal);
        Type invoker = (isAction, types.Length) switch
        {
            (true, 0) => typeof(ActionInvoker),
            (true, 1) => typeof(ActionInvoker<>),
            (true, 2) => typeof(ActionInvoker<,>),
            (true, 3) => typeof(ActionInvoker<,,>),
            (true, 4) => typeof(ActionInvoker<,,,>),
            (false, 1) => typeof(FuncInvoker<>),
            (false, 2) => typeof(FuncInvoker<,>),
            (false, 3) => typeof(FuncInvoker<,,>),
            (false, 4) => typeof(FuncInvoker<,,,>),
            (false, 5) => typeof(FuncInvoker<,,,,>),
            _ => throw new TransferException($"A function of the shape {delegateType} cannot be called."),
        };
        return (Invoker)Activator.CreateInstance(types.Length == 0 ? invoker : invoker.MakeGenericType(types))!;
    }
}
