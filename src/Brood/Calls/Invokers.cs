using Brood.Transfer;

namespace Brood.Calls;

// One class for each number of arguments: typed, so that no call boxes its arguments or goes through reflection.

internal sealed class ActionInvoker : Invoker
{
    private Action _function = null!;

    protected override void Bind(Delegate function) => _function = (Action)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        call.Started();
        _function();
    }
}

internal sealed class ActionInvoker<T1> : Invoker
{
    private Action<T1> _function = null!;

    protected override void Bind(Delegate function) => _function = (Action<T1>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        call.Started();
        _function(arg1);
    }

    protected override void RunMany(ref TransferReader reader, ServedCall call)
    {
        for (int left = reader.ReadUnmanaged<int>(); left > 0; left--)
        {
            call.ItemBegins();
            reader.ForgetObjects();
            T1 arg1 = Codec<T1>.Declared.Read(ref reader);
            call.Started();
            try
            {
                _function(arg1);
            }
            catch (Exception e)
            {
                call.SendItemFailed(e);
                continue;
            }
            call.SendItem();
        }
    }
}

internal sealed class ActionInvoker<T1, T2> : Invoker
{
    private Action<T1, T2> _function = null!;

    protected override void Bind(Delegate function) => _function = (Action<T1, T2>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        T2 arg2 = Codec<T2>.Declared.Read(ref reader);
        call.Started();
        _function(arg1, arg2);
    }
}

internal sealed class ActionInvoker<T1, T2, T3> : Invoker
{
    private Action<T1, T2, T3> _function = null!;

    protected override void Bind(Delegate function) => _function = (Action<T1, T2, T3>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        T2 arg2 = Codec<T2>.Declared.Read(ref reader);
        T3 arg3 = Codec<T3>.Declared.Read(ref reader);
        call.Started();
        _function(arg1, arg2, arg3);
    }
}

internal sealed class ActionInvoker<T1, T2, T3, T4> : Invoker
{
    private Action<T1, T2, T3, T4> _function = null!;

    protected override void Bind(Delegate function) => _function = (Action<T1, T2, T3, T4>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        T2 arg2 = Codec<T2>.Declared.Read(ref reader);
        T3 arg3 = Codec<T3>.Declared.Read(ref reader);
        T4 arg4 = Codec<T4>.Declared.Read(ref reader);
        call.Started();
        _function(arg1, arg2, arg3, arg4);
    }
}

internal sealed class FuncInvoker<TResult> : Invoker
{
    private readonly Returns<TResult> _returns = Returns<TResult>.Create();
    private Func<TResult> _function = null!;

    protected override void Bind(Delegate function) => _function = (Func<TResult>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        call.Started();
        _returns.Write(_function(), call);
    }
}

internal sealed class FuncInvoker<T1, TResult> : Invoker
{
    private readonly Returns<TResult> _returns = Returns<TResult>.Create();
    private Func<T1, TResult> _function = null!;

    protected override void Bind(Delegate function) => _function = (Func<T1, TResult>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        call.Started();
        _returns.Write(_function(arg1), call);
    }

    protected override void RunMany(ref TransferReader reader, ServedCall call)
    {
        for (int left = reader.ReadUnmanaged<int>(); left > 0; left--)
        {
            call.ItemBegins();
            reader.ForgetObjects();
            T1 arg1 = Codec<T1>.Declared.Read(ref reader);
            call.Started();
            try
            {
                _returns.Write(_function(arg1), call);
            }
            catch (Exception e)
            {
                call.SendItemFailed(e);
                continue;
            }
            call.SendItem();
        }
    }
}

internal sealed class FuncInvoker<T1, T2, TResult> : Invoker
{
    private readonly Returns<TResult> _returns = Returns<TResult>.Create();
    private Func<T1, T2, TResult> _function = null!;

    protected override void Bind(Delegate function) => _function = (Func<T1, T2, TResult>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        T2 arg2 = Codec<T2>.Declared.Read(ref reader);
        call.Started();
        _returns.Write(_function(arg1, arg2), call);
    }
}

internal sealed class FuncInvoker<T1, T2, T3, TResult> : Invoker
{
    private readonly Returns<TResult> _returns = Returns<TResult>.Create();
    private Func<T1, T2, T3, TResult> _function = null!;

    protected override void Bind(Delegate function) => _function = (Func<T1, T2, T3, TResult>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        T2 arg2 = Codec<T2>.Declared.Read(ref reader);
        T3 arg3 = Codec<T3>.Declared.Read(ref reader);
        call.Started();
        _returns.Write(_function(arg1, arg2, arg3), call);
    }
}

internal sealed class FuncInvoker<T1, T2, T3, T4, TResult> : Invoker
{
    private readonly Returns<TResult> _returns = Returns<TResult>.Create();
    private Func<T1, T2, T3, T4, TResult> _function = null!;

    protected override void Bind(Delegate function) => _function = (Func<T1, T2, T3, T4, TResult>)function;

    protected override void RunOne(ref TransferReader reader, ServedCall call)
    {
        T1 arg1 = Codec<T1>.Declared.Read(ref reader);
        T2 arg2 = Codec<T2>.Declared.Read(ref reader);
        T3 arg3 = Codec<T3>.Declared.Read(ref reader);
        T4 arg4 = Codec<T4>.Declared.Read(ref reader);
        call.Started();
        _returns.Write(_function(arg1, arg2, arg3, arg4), call);
    }
}
