using System.Reflection;
using Brood.Calls;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>Encodes one call on the caller's thread. What cannot cross fails the call; nothing has been sent then.</summary>
internal ref struct CallEncoder
{
    private readonly Callable _target;
    private readonly Delegate _delegate;
    private readonly Function? _function;
    private readonly HostLiveArguments? _live;
    private readonly FrameFlagsHolder _flags;
    private Exception? _error;
    private int _argumentIndex;

    private readonly record struct FrameFlagsHolder(Channel.FrameFlags Value);

    public CallEncoder(Callable target, Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _target = target;
        _delegate = function;
        Writer = TransferWriter.Rent();
        try
        {
            _function = Function.Of(function);
            if (Ambient.IsPresent)
            {
                _flags = new FrameFlagsHolder(Channel.FrameFlags.Ambient);
                Ambient.Write(Writer);
            }
            if (_function.MayTakeLiveArguments)
            {
                Writer.Live = _live = new HostLiveArguments();
            }
            _function.WriteTarget(Writer, function);
        }
        catch (Exception e)
        {
            _error = e;
        }
    }

    public TransferWriter Writer { get; }

    public void Add<T>(T value)
    {
        if (_error is null)
        {
            try
            {
                Codec<T>.Declared.Write(Writer, value);
            }
            catch (TransferException e)
            {
                _error = TransferPath.Under($"argument '{ArgumentName()}'", e);
            }
        }
        _argumentIndex++;
    }

    /// <summary>Sends the call and hands out its task.</summary>
    public readonly Task<T> SendAsync<T>(Codec<T>? result, CancellationToken cancellationToken)
    {
        try
        {
            if (_error is not null)
            {
                return Task.FromException<T>(_error);
            }
            if (cancellationToken.IsCancellationRequested)
            {
                return Task.FromCanceled<T>(cancellationToken);
            }
            var call = new PendingResult<T>(_function!, _target.Options, result);
            Prepare(call);
            _target.Dispatch(call, Writer);
            if (!_target.TryWaitBriefly(call))
            {
                _target.Watch(call, cancellationToken);
            }
            return call.AsTask();
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
        finally
        {
            Writer.Return();
        }
    }

    /// <summary>Sends the call and waits for its result in this thread.</summary>
    public readonly T Send<T>(Codec<T>? result)
    {
        PendingResult<T> call;
        try
        {
            if (_error is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
            }
            call = new PendingResult<T>(_function!, _target.Options, result);
            Prepare(call);
            _target.Dispatch(call, Writer);
        }
        finally
        {
            Writer.Return();
        }
        if (call.Options.Timeout == Timeout.InfiniteTimeSpan)
        {
            _target.WaitFor(call);
        }
        else if (!_target.TryWaitBriefly(call))
        {
            // The clock ends the call, too, and would not wake who sleeps at the ring.
            _target.Watch(call, CancellationToken.None);
        }
        return call.IsCompleted ? call.Result : call.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Keeps the encoded call, to be sent when somebody enumerates it.</summary>
    public readonly StreamCall<T> ToStream<T>(CancellationToken cancellationToken)
    {
        try
        {
            return new StreamCall<T>(_target, _function, _error, _error is null ? Payload.CopyOf(Writer) : default, _flags.Value, _live, cancellationToken);
        }
        finally
        {
            Writer.Return();
        }
    }

    private readonly void Prepare(PendingCall call)
    {
        call.Flags = _flags.Value;
        if (_live is { IsEmpty: false })
        {
            call.Live = _live;
        }
        if (call.NeedsControl)
        {
            call.Flags |= Channel.FrameFlags.Control;
        }
    }

    private readonly string ArgumentName()
    {
        ParameterInfo[] parameters = _delegate.Method.GetParameters();
        // A static method closed over its first argument has one parameter more than the delegate.
        int index = _argumentIndex + (_delegate.Method.IsStatic && _delegate.Target is not null ? 1 : 0);
        return index < parameters.Length && parameters[index].Name is { Length: > 0 } name ? name : $"{_argumentIndex + 1}";
    }
}
