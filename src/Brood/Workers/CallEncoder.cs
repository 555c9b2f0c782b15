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
    private readonly Channel.FrameFlags _flags;
    private Exception? _error;
    private int _argumentIndex;

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
                _flags = Channel.FrameFlags.Ambient;
                Ambient.Write(Writer);
            }
            if (_function.MayTakeLiveArguments)
            {
                Writer.Live = _live = new HostLiveArguments();
            }
            _function.WriteTarget(Writer, function);
        }
        catch (TransferException e) when (_function is not null)
        {
            _error = NotCalled(e);
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
            catch (Exception e)
            {
                _error = e is TransferException refused ? NotCalled(TransferPath.Under($"argument '{ArgumentName()}'", refused)) : e;
            }
        }
        _argumentIndex++;
    }

    /// <summary>Sends the call and hands out its task.</summary>
    public Task<T> SendAsync<T>(Codec<T>? result, CancellationToken cancellationToken)
    {
        try
        {
            RefuseSequence();
            if (_error is not null)
            {
                _live?.ReleaseShared();
                return Task.FromException<T>(_error);
            }
            if (cancellationToken.IsCancellationRequested)
            {
                _live?.ReleaseShared();
                return Task.FromCanceled<T>(cancellationToken);
            }
            var call = new PendingResult<T>(_function!, _target.Options, result);
            Prepare(call);
            // Reports and sources run on the thread pool, and so does the end of a call that has them.
            _target.Dispatch(call, Writer, call.Live is { IsConnected: true } ? WaitInline.No : WaitInline.Briefly);
            if (!call.IsCompleted)
            {
                _target.Watch(call, cancellationToken);
            }
            return call.AsTask();
        }
        catch (Exception e)
        {
            _live?.ReleaseShared();
            return Task.FromException<T>(e);
        }
        finally
        {
            Writer.Return();
        }
    }

    /// <summary>Sends the call and waits for its result in this thread.</summary>
    public T Send<T>(Codec<T>? result)
    {
        PendingResult<T> call;
        try
        {
            RefuseSequence();
            if (_error is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
            }
            call = new PendingResult<T>(_function!, _target.Options, result);
            Prepare(call);
            // A time limit ends the call from elsewhere: nobody may sleep in the ring for it then.
            _target.Dispatch(call, Writer, call.Live is { IsConnected: true } ? WaitInline.No
                : call.Options.Timeout == Timeout.InfiniteTimeSpan ? WaitInline.UntilDone : WaitInline.Briefly);
        }
        catch
        {
            _live?.ReleaseShared();
            throw;
        }
        finally
        {
            Writer.Return();
        }
        if (!call.IsCompleted)
        {
            _target.Watch(call, CancellationToken.None);
        }
        return call.IsCompleted ? call.Result : call.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Keeps the encoded call, to be sent when somebody enumerates it.</summary>
    public readonly StreamCall<T> ToStream<T>(CancellationToken cancellationToken)
    {
        try
        {
            // Nobody may ever enumerate it: an array that is disposed before that is gone.
            _live?.ReleaseShared();
            return new StreamCall<T>(_target, _function, _error, _error is null ? Payload.CopyOf(Writer) : default, _flags, _live, cancellationToken);
        }
        finally
        {
            Writer.Return();
        }
    }

    private readonly TransferException NotCalled(TransferException e) =>
        new($"{_function!.Name} was not called: {e.Message}", e.Path, e.InnerException);

    private void RefuseSequence()
    {
        if (_error is null && _function!.Streams)
        {
            _error = Sequence(_function.Name);
        }
    }

    public static TransferException Sequence(string function) => new(
        $"{function} returns a sequence that is produced while it runs, so it was not called. Call it through {nameof(Callable.StreamAsync)}.", "the result");

    private readonly void Prepare(PendingCall call)
    {
        call.Flags = _flags;
        call.Attach(_live);
    }

    private readonly string ArgumentName()
    {
        ParameterInfo[] parameters = _delegate.Method.GetParameters();
        // A static method closed over its first argument has one parameter more than the delegate.
        int index = _argumentIndex + (_delegate.Method.IsStatic && _delegate.Target is not null ? 1 : 0);
        return index < parameters.Length && parameters[index].Name is { Length: > 0 } name ? name : $"{_argumentIndex + 1}";
    }
}
