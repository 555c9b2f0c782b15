using System.Diagnostics;
using System.Text;

namespace Brood.Ending;

/// <summary>A host program of its own, which a test may end in any way, and everything that it leaves behind.</summary>
internal sealed class TestHostRun : IDisposable
{
    private const string Mark = "BROOD_TEST_RUN";

    private readonly string _behaviour;
    private readonly string _entry;
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("brood-tests-");
    private readonly Process _process;
    private readonly StringBuilder _output = new(); // Guarded by itself.
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _sharedMemoryBefore = FilesIn("/dev/shm");

    private int _hostId; // Not the process that was started, where there is a terminal.

    private TestHostRun(string behaviour, string fileName, params IEnumerable<string> arguments)
    {
        _behaviour = behaviour;
        string run = Guid.NewGuid().ToString("N");
        _entry = $"{Mark}={run}";
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Mark] = run, ["TMPDIR"] = _temporary.FullName },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Add(e.Data, isOutput: true);
        _process.ErrorDataReceived += (_, e) => Add(e.Data, isOutput: false);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _hostId;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The host, and all that it and its workers started, as far as they live.</summary>
    public IReadOnlyList<int> Living => ProcessFacts.WithEnvironment(_entry);

    private static string HostPath => Path.Combine(AppContext.BaseDirectory, "Brood.TestHost");

    public static TestHostRun Start(string behaviour) => new(behaviour, HostPath, behaviour);

    /// <summary>With a terminal of its own, in whose foreground the host is.</summary>
    public static TestHostRun StartInTerminal(string behaviour) =>
        new(behaviour, "script", "--quiet", "--flush", "--return", "--command", $"exec '{HostPath}' {behaviour}", "/dev/null");

    public async Task WaitUntilReadyAsync()
    {
        await Task.WhenAny(_ready.Task, _outputEnded.Task).WaitAsync(Watchdog.Time);
        Assert.True(_ready.Task.IsCompleted, $"The host ended too early: {Output}");
        _hostId = Living.Single(pid => ProcessFacts.CommandLine(pid).StartsWith($"{HostPath} {_behaviour}", StringComparison.Ordinal));
    }

    public void Write(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    /// <summary>Returns the host's exit code once it is gone.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Watchdog.Time);
        return _process.ExitCode;
    }

    /// <summary>Nobody is left, and no file either.</summary>
    public async Task AssertNothingIsLeftAsync()
    {
        while (Living is { Count: > 0 } living)
        {
            await Task.WhenAll(living.Select(ProcessFacts.WaitUntilGoneAsync));
        }
        // The runtime's own sockets of a host that was killed are its own affair.
        string host = $"-{_hostId}-";
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_temporary.FullName), file => !Path.GetFileName(file).Contains(host));
        Assert.DoesNotContain(FilesIn("/dev/shm").Except(_sharedMemoryBefore), file => file.Contains("brood", StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose()
    {
        foreach (int pid in Living)
        {
            ProcessFacts.Kill(pid, 9);
        }
        _process.Dispose();
        _temporary.Delete(recursive: true);
    }

    private static HashSet<string> FilesIn(string folder) => Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder)] : [];

    private void Add(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
            {
                _outputEnded.TrySetResult();
            }
            return;
        }
        lock (_output)
        {
            _output.AppendLine(line);
        }
        // A terminal may have been set up just before, on the same line.
        if (line.Trim().EndsWith(TestHost.Ending.Ready, StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
