using System.Diagnostics;

namespace Brood.Bench.Peers;

/// <summary>What a user of a socket library writes by hand: some children of the same program, taken in turn.</summary>
internal abstract class SocketPeer : DotNetPeer
{
    private readonly List<SocketWorker> _workers = [];
    private int _turn;

    /// <summary>Starts this program as "worker PATH", connects through a Unix socket at the path.</summary>
    protected abstract Task<SocketWorker> StartWorkerAsync(string socketPath);

    public override async Task StartAsync(int workers)
    {
        SocketWorker[] started =
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => StartWorkerAsync(NewSocketPath())));
        _workers.AddRange(started);
    }

    public override async Task<int[]> GetWorkerIdsAsync()
    {
        foreach (SocketWorker worker in _workers.Where(worker => !worker.Hung))
        {
            await worker.Remote.IncrementAsync(1);
        }
        return [.. _workers.Select(worker => worker.Process.Id)];
    }

    public override Task<int> CallAsync(int value) => Next().IncrementAsync(value);

    public override async Task<long> MapAsync(int count)
    {
        int chunkSize = (count + 99) / 100;
        List<Task<int[]>> chunks = [];
        for (int start = 0; start < count; start += chunkSize)
        {
            int[] chunk = [.. Enumerable.Range(start, Math.Min(chunkSize, count - start))];
            chunks.Add(Next().IncrementAllAsync(chunk));
        }
        long sum = 0;
        foreach (Task<int[]> chunk in chunks)
        {
            foreach (int result in await chunk)
            {
                sum += result;
            }
        }
        return sum;
    }

    public override Task<byte[]> EchoAsync(byte[] data) => Next().EchoAsync(data);

    public override Task<uint> PieceAsync(uint state) => Next().PieceAsync(state);

    public override async Task HangAsync(CancellationToken kill)
    {
        SocketWorker worker = _workers[0];
        worker.Hung = true;
        await using CancellationTokenRegistration registration = kill.Register(worker.Process.Kill);
        try
        {
            await worker.Remote.HangAsync(1);
        }
        catch (Exception) when (kill.IsCancellationRequested)
        {
            _workers.Remove(worker);
            await worker.DisposeAsync();
            await StartAsync(1);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (SocketWorker worker in _workers)
        {
            await worker.DisposeAsync();
        }
        _workers.Clear();
    }

    protected static Process StartProcess(string socketPath, bool redirectOutput)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["worker", socketPath])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = redirectOutput,
        };
        return Process.Start(start)!;
    }

    private IRemoteWork Next() => _workers[_turn++ % _workers.Count].Remote;

    private static string NewSocketPath() => Path.Combine(Path.GetTempPath(), $"bench-{Guid.NewGuid():N}.sock");
}

/// <summary>A child process and what is connected to it.</summary>
internal sealed class SocketWorker(Process process, IRemoteWork remote, IAsyncDisposable connection, string socketPath)
    : IAsyncDisposable
{
    public Process Process => process;

    public IRemoteWork Remote => remote;

    public bool Hung { get; set; }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await connection.DisposeAsync();
        await process.WaitForExitAsync();
        process.Dispose();
        File.Delete(socketPath);
    }
}
