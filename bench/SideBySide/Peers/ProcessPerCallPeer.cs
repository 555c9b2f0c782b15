using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Brood.Bench.Peers;

/// <summary>A process for each call: arguments by command line or standard input, the result by standard output.</summary>
internal sealed class ProcessPerCallPeer : DotNetPeer
{
    private readonly List<Process> _hung = [];
    private SemaphoreSlim _workers = new(1);
    private int _count = 1;

    public override int EnoughCalls => 20;

    public override Task StartAsync(int workers)
    {
        _workers = new SemaphoreSlim(workers);
        _count = workers;
        return Task.CompletedTask;
    }

    public override Task<int[]> GetWorkerIdsAsync() => _hung.Count == 0
        ? throw new CannotException("none is idle")
        : Task.FromResult(_hung.Select(process => process.Id).ToArray());

    public override async Task<int> CallAsync(int value) =>
        BitConverter.ToInt32(await RunAsync(["increment", value.ToString(CultureInfo.InvariantCulture)], null));

    public override async Task<long> MapAsync(int count)
    {
        byte[][] results = await Task.WhenAll(Enumerable.Range(0, _count).Select(async worker =>
        {
            int start = count / _count * worker;
            int end = worker == _count - 1 ? count : start + (count / _count);
            int[] values = [.. Enumerable.Range(start, end - start)];
            return await RunAsync(["increment-all"], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }));
        long sum = 0;
        foreach (byte[] result in results)
        {
            foreach (int value in MemoryMarshal.Cast<byte, int>(result))
            {
                sum += value;
            }
        }
        return sum;
    }

    public override Task<byte[]> EchoAsync(byte[] data) => RunAsync(["echo"], data);

    public override async Task<uint> PieceAsync(uint state) =>
        BitConverter.ToUInt32(await RunAsync(["piece", state.ToString(CultureInfo.InvariantCulture)], null));

    public override async Task HangAsync(CancellationToken kill)
    {
        using Process process = Start(["hang"]);
        _hung.Add(process);
        await using CancellationTokenRegistration registration = kill.Register(process.Kill);
        await process.WaitForExitAsync(CancellationToken.None);
        _hung.Remove(process);
        throw new InvalidOperationException($"The process ended with {process.ExitCode}.");
    }

    public override ValueTask DisposeAsync()
    {
        _workers.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<byte[]> RunAsync(string[] arguments, byte[]? input)
    {
        await _workers.WaitAsync();
        try
        {
            using Process process = Start(arguments);
            Task<byte[]> output = ReadAllAsync(process.StandardOutput.BaseStream, input?.Length ?? sizeof(int));
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(input);
            }
            process.StandardInput.Close();
            byte[] result = await output;
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? result
                : throw new InvalidOperationException($"The process ended with {process.ExitCode}.");
        }
        finally
        {
            _workers.Release();
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream, int expectedBytes)
    {
        byte[] bytes = new byte[expectedBytes];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo(Builder.ProgramOf("Empty"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
}
