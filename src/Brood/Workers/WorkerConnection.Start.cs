using System.ComponentModel;
using System.Diagnostics;
using Brood.Calls;
using Brood.Channel;
using Brood.Memory;
using Brood.Platform;
using Brood.Transfer;
using Brood.Workers.Launch;

namespace Brood.Workers;

/// <summary>Starting a worker: process, handshake, initialization.</summary>
internal sealed partial class WorkerConnection
{
    /// <summary>How often the memory of a worker that has calls is looked at, if it has a limit.</summary>
    public static readonly TimeSpan MemoryPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>How long this side waits for a killed process to be gone. Only the kernel can delay that.</summary>
    public static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Starts a process. It serves as soon as <see cref="WaitUntilServingAsync"/> says so; calls may be sent before.</summary>
    /// <exception cref="WorkerStartException">It could not be started at all.</exception>
    public static WorkerConnection Start(WorkerOptions options, IConnectionOwner owner)
    {
        WorkerMarker.ExitIfMarked();
        LaunchPlan plan = LaunchPlan.ForThisProgram().ForWorker(options.Environment);
        var connection = new WorkerConnection(options, owner);
        var start = new ProcessStart(
            plan.FileName, plan.Arguments, plan.Environment!, options.WorkingDirectory, options.Output == WorkerOutput.Inherit);
        try
        {
            connection.Connect(WorkerProcess.Create(connection), start);
            Rehearsal.BeginInHost();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new WorkerStartException(StartMessages.NotStarted(start, e), null, e);
        }
        return connection;
    }

    /// <returns><paramref name="owner"/>, when the worker serves.</returns>
    /// <exception cref="WorkerStartException">The worker ended, did not serve in time, or its Initialize threw.</exception>
    /// <remarks>No async method on the way that goes well: the runtime would compile it in each host while its first worker waits.</remarks>
    public Task<TOwner> WaitUntilServingAsync<TOwner>(TOwner owner, CancellationToken cancellationToken) where TOwner : class =>
        Task.WhenAny(_ready.Task, _exited.Task).WaitAsync(_options.StartTimeout, cancellationToken)
            .ContinueWith(
                started => started.IsCompletedSuccessfully && _ready.Task.IsCompleted && _options.Initialize is null
                    ? Task.FromResult(owner) : FinishStartAsync(started, owner, cancellationToken),
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
            .Unwrap();

    private async Task<TOwner> FinishStartAsync<TOwner>(Task started, TOwner owner, CancellationToken cancellationToken)
    {
        try
        {
            await started.ConfigureAwait(false);
            if (!_ready.Task.IsCompleted)
            {
                throw await EndedAsync().ConfigureAwait(false);
            }
            if (_options.Initialize is { } initialize)
            {
                await InitializeAsync(initialize).WaitAsync(StartTimeLeft, cancellationToken).ConfigureAwait(false);
            }
            return owner;
        }
        catch (TimeoutException)
        {
            string phase = _ready.Task.IsCompleted ? $"running {nameof(WorkerOptions.Initialize)}" : "starting";
            Kill(ExitReason.FailedToStart);
            WorkerExit exit = await _exited.Task.ConfigureAwait(false);
            throw new WorkerStartException(StartMessages.TimedOut(exit, _options, phase), exit);
        }
        catch (OperationCanceledException)
        {
            Kill(ExitReason.Killed, "its host, because its start was cancelled");
            throw;
        }
    }

    private async Task<WorkerStartException> EndedAsync()
    {
        WorkerExit exit = await _exited.Task.ConfigureAwait(false);
        return new WorkerStartException(StartMessages.Ended(exit, _relay, _startNote), exit);
    }

    private TimeSpan StartTimeLeft
    {
        get
        {
            if (_options.StartTimeout == Timeout.InfiniteTimeSpan)
            {
                return Timeout.InfiniteTimeSpan;
            }
            TimeSpan left = _options.StartTimeout - Stopwatch.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private async Task InitializeAsync(Action initialize)
    {
        if (SendInitialize(initialize) is not { } call)
        {
            throw await EndedAsync().ConfigureAwait(false);
        }
        try
        {
            await call.AsTask().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Kill(ExitReason.FailedToStart);
            WorkerExit exit = await _exited.Task.ConfigureAwait(false);
            throw new WorkerStartException(StartMessages.InitializeFailed(call.Name, exit, e), exit, e);
        }
    }

    /// <returns>Null: the worker has ended.</returns>
    private PendingResult<Nothing>? SendInitialize(Action initialize)
    {
        HostLiveArguments? live = null;
        TransferWriter writer = TransferWriter.Rent();
        try
        {
            var function = Function.Of(initialize);
            if (function.MayTakeLiveArguments)
            {
                writer.Live = live = new HostLiveArguments();
            }
            function.WriteTarget(writer, initialize);
            var call = new PendingResult<Nothing>(function, CallOptions.Default, null);
            call.Attach(live);
            _initialize = call;
            // The worker has just begun to serve: there is room, unless it has ended.
            if (TrySend(call, writer.Inline, writer.Blocks))
            {
                return call;
            }
            live?.ReleaseShared();
            return null;
        }
        catch (Exception e)
        {
            live?.ReleaseShared();
            Kill(ExitReason.FailedToStart);
            throw new WorkerStartException($"{nameof(WorkerOptions.Initialize)} cannot be sent to a worker: {e.Message}", null, e);
        }
        finally
        {
            writer.Return();
        }
    }

    private void Connect(WorkerProcess process, ProcessStart start)
    {
        _process = process;
        _relay.HasRoom = process.ResumeOutput;
        _shared = new ReceivedShared(process);
        process.Prepare();
        try
        {
            _region = process.Map(0, RegionLayout.FixedBytes);
            RegionIdentity.Write(_region);
            process.Start(start);
        }
        catch
        {
            _region?.Dispose();
            process.CloseMemory();
            throw;
        }
        try
        {
            // While the process starts.
            var memory = new RegionMemory(_region, process.Parking);
            _calls = Rings.CallWriter(memory);
            _bulkOut = new BulkSender(
                () => process.Map(RegionLayout.BulkOutOffset, RegionLayout.BulkBytes), process.Discard);
            _control = new FrameSender(Rings.ControlWriter(memory), _bulkOut) { IsOtherSideGone = () => _isGone };
            var bulkBack = new BulkReceiver(
                () => process.Map(RegionLayout.BulkBackOffset, RegionLayout.BulkBytes),
                (offset, length) => process.IsWritten(RegionLayout.BulkBackOffset + offset, length));
            _relay.ProcessId = process.ProcessId;
            _receiver = new HostReceiver(
                Rings.ResultReader(memory), bulkBack, this, () => InFlightCount > 0, $"Brood worker {process.ProcessId}");
        }
        catch
        {
            process.Abandon();
            _region.Dispose();
            throw;
        }
        process.Watch();
    }
}
