// Looks at every file of a folder in worker processes: SHA-256, size under Brotli, number of types. Two planted names
// misbehave, one by crashing in native code and one by never ending; the tour goes on.
//
//     dotnet run --project samples/Tour [-- [folder] [--quick]]

using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Brood;

const string CrashPlant = "planted-crash";
const string LoopPlant = "planted-loop";
bool isQuick = args.Contains("--quick");
string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(args.FirstOrDefault(arg => !arg.StartsWith("--")) ?? RuntimeEnvironment.GetRuntimeDirectory()));
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"There is no folder '{folder}'. Name one: dotnet run --project samples/Tour -- FOLDER");
    return 2;
}
int quality = isQuick ? 1 : 5;
var timeLimit = TimeSpan.FromSeconds(isQuick ? 2 : 5);

FileInfo[] files = [.. new DirectoryInfo(folder)
    .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
    .OrderByDescending(file => file.Length)];
long allBytes = files.Sum(file => file.Length);
List<string> paths = [.. files.Select(file => file.FullName)];
List<string> work = [.. paths];
work.Insert(work.Count / 2, CrashPlant);
work.Add(LoopPlant);

await using var pool = new WorkerPool(new WorkerPoolOptions
{
    Workers = Math.Max(2, Environment.ProcessorCount),
    Call = new CallOptions { Timeout = timeLimit, Name = nameof(Inspect) },
});
await pool.WarmUpAsync();
int workers = pool.GetStatistics().Workers.Count;

Screen.Title("A tour of a folder, in worker processes");
Screen.Line(folder);
Screen.Line($"{files.Length:N0} files of {Mebibytes(allBytes)}; {workers} workers; at most {timeLimit.TotalSeconds:0} s a file.");
Screen.Line($"Two more names are planted: {CrashPlant} and {LoopPlant}.");
Screen.Line();

Dictionary<string, Outcome> inWorkers = [];
TimeSpan workersTime = default;
var clock = Stopwatch.StartNew();
using (var progress = new ProgressLine($"{workers} workers", work.Count, allBytes))
{
    // A file at a time: the largest come first, and no worker is to sit on two of them.
    IAsyncEnumerable<MapResult<Facts>> results = pool.MapResultsAsync(
        path => Inspect(path, quality), work, new MapOptions { Ordered = false, ChunkSize = 1 });
    await foreach (MapResult<Facts> result in results)
    {
        string path = work[(int)result.Index];
        inWorkers[path] = new Outcome(result.Succeeded ? result.Value : null, result.Error);
        progress.Done(Path.GetFileName(path), result.Succeeded ? result.Value.Bytes : 0);
        // The looping plant is last: waiting for its time limit is no work.
        workersTime = path == LoopPlant ? workersTime : clock.Elapsed;
    }
}

Dictionary<string, Outcome> inOneProcess = [];
clock.Restart();
using (var progress = new ProgressLine("one process", paths.Count, allBytes))
{
    foreach (string path in paths)
    {
        inOneProcess[path] = InspectHere(path);
        progress.Done(Path.GetFileName(path), inOneProcess[path].Facts?.Bytes ?? 0);
    }
}
TimeSpan aloneTime = clock.Elapsed;

ShowLargest([.. paths.Select(path => inWorkers[path].Facts).OfType<Facts>()]);
ShowFailures();
Screen.Bars(("one process", aloneTime), ($"{workers} workers", workersTime));

bool samePlacesSameFacts = paths.All(path =>
    inWorkers[path].Facts == inOneProcess[path].Facts && inWorkers[path].Error?.GetType() == inOneProcess[path].Error?.GetType());
bool plantsFailed =
    inWorkers[CrashPlant].Error is WorkerCrashedException { Started: true, Exit.Signal: "SIGSEGV" }
    && inWorkers[LoopPlant].Error is CallTimeoutException { Started: true };
return samePlacesSameFacts && plantsFailed ? 0 : 1;

void ShowLargest(IReadOnlyList<Facts> all)
{
    Screen.Title("The largest files");
    int nameWidth = Math.Clamp(Screen.Width - 48, 20, 44);
    Screen.Dim($"{Fit("name", nameWidth)}  {"size",9}  {"Brotli",9}  {"",4}  {"types",6}  SHA-256");
    foreach (Facts file in all.Take(12))
    {
        Screen.Line($"{Fit(Path.GetFileName(file.Path), nameWidth)}  {Row(file.Bytes, file.BrotliBytes, file.Types)}  {file.Sha256[..8]}");
    }
    Screen.Dim($"{Fit($"all {all.Count:N0}", nameWidth)}  {Row(all.Sum(f => f.Bytes), all.Sum(f => f.BrotliBytes), all.Sum(f => f.Types))}");
    Screen.Line();
}

void ShowFailures()
{
    KeyValuePair<string, Outcome>[] failed = [.. inWorkers.Where(pair => pair.Value.Error is not null)];
    Screen.Title($"{failed.Length} failed, and cost nothing but themselves");
    foreach ((string path, Outcome outcome) in failed)
    {
        Screen.Alert(Path.GetFileName(path));
        Screen.Paragraph($"{outcome.Error!.GetType().Name}: {outcome.Error.Message}");
    }
    Screen.Line();
}

static Facts Inspect(string path, int quality)
{
    if (path == CrashPlant)
    {
        Libc.Fill(0xBAD, 'x', 1024);
    }
    while (path == LoopPlant)
    {
    }
    byte[] bytes = File.ReadAllBytes(path);
    byte[] compressed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
    BrotliEncoder.TryCompress(bytes, compressed, out int brotliBytes, quality, window: 22);
    return new Facts(path, bytes.Length, brotliBytes, CountTypes(bytes), Convert.ToHexStringLower(SHA256.HashData(bytes)));
}

static int? CountTypes(byte[] bytes)
{
    if (bytes is not [(byte)'M', (byte)'Z', ..])
    {
        return null;
    }
    using var reader = new PEReader(new MemoryStream(bytes));
    return reader.HasMetadata ? reader.GetMetadataReader().TypeDefinitions.Count : null;
}

Outcome InspectHere(string path)
{
    try
    {
        return new Outcome(Inspect(path, quality), null);
    }
    catch (Exception error)
    {
        return new Outcome(null, error);
    }
}

static string Row(long bytes, long brotliBytes, int? types) =>
    $"{Mebibytes(bytes),9}  {Mebibytes(brotliBytes),9}  {(bytes == 0 ? "" : $"{100.0 * brotliBytes / bytes:0} %"),4}  {types,6:N0}";

static string Mebibytes(long bytes) => $"{bytes / (1024.0 * 1024):N1} MiB";

static string Fit(string text, int width) => text.Length <= width ? text.PadRight(width) : text[..(width - 1)] + "…";

internal sealed record Facts(string Path, long Bytes, long BrotliBytes, int? Types, string Sha256);

internal sealed record Outcome(Facts? Facts, Exception? Error);

internal static class Libc
{
    // memset runs outside the runtime, which could turn a fault of its own code into an exception.
    [DllImport("libc", EntryPoint = "memset")]
    public static extern nint Fill(nint address, int value, nint bytes);
}

internal static class Screen
{
    public static readonly bool IsTerminal = !Console.IsOutputRedirected;
    private static readonly bool s_hasColor = IsTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    public static int Width => IsTerminal && Console.WindowWidth > 0 ? Math.Clamp(Console.WindowWidth - 1, 40, 110) : 100;

    public static void Line(string text = "") => Console.WriteLine(text.Length == 0 ? "" : "  " + text);

    public static void Title(string text) => Console.WriteLine(Colored("1", text));

    public static void Dim(string text) => Line(Colored("2", text));

    public static void Alert(string text) => Line(Colored("33", text));

    public static string Colored(string code, string text) => s_hasColor ? $"\e[{code}m{text}\e[0m" : text;

    public static void Paragraph(string text)
    {
        foreach (string part in text.ReplaceLineEndings("\n").Split('\n'))
        {
            string line = "";
            foreach (string word in part.Split(' '))
            {
                if (line.Length > 0 && line.Length + word.Length + 5 > Width)
                {
                    Line("  " + line);
                    line = "";
                }
                line += line.Length == 0 ? word : " " + word;
            }
            Line("  " + line);
        }
    }

    public static void Bars((string Name, TimeSpan Time) slow, (string Name, TimeSpan Time) fast)
    {
        Title("Time");
        double longest = Math.Max(slow.Time.TotalSeconds, fast.Time.TotalSeconds);
        foreach ((string name, TimeSpan time) in new[] { slow, fast })
        {
            string bar = new('█', Math.Max(1, (int)Math.Round(30 * time.TotalSeconds / longest)));
            string ratio = name == fast.Name ? $"{slow.Time / fast.Time:0.00} × as fast" : "";
            Line($"{name,-12} {time.TotalSeconds,6:0.00} s  {bar,-30}  {ratio}".TrimEnd());
        }
    }
}

/// <summary>One line that is drawn again and again, and leaves nothing behind. Draws nothing where nobody watches.</summary>
internal sealed class ProgressLine : IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new(); // Guards the terminal and what follows.
    private readonly string _name;
    private readonly int _total;
    private readonly Timer? _timer;
    private readonly long _totalBytes;
    private int _done;
    private long _doneBytes;
    private string _last = "";
    private bool _isOver;

    public ProgressLine(string name, int total, long totalBytes)
    {
        _name = name;
        _total = total;
        _totalBytes = totalBytes;
        _timer = Screen.IsTerminal ? new Timer(_ => Draw(), null, 0, 100) : null;
    }

    public void Done(string what, long bytes)
    {
        lock (_gate)
        {
            _done++;
            _doneBytes += bytes;
            _last = _done == _total - 1 ? "one left" : what;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_timer is not null)
            {
                _timer.Dispose();
                Console.Write("\r\e[K");
            }
        }
    }

    private void Draw()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }
            int filled = (int)(24 * _doneBytes / Math.Max(1, _totalBytes));
            string head = $"  {_name}  ";
            string tail = $"  {_done:N0} of {_total:N0}  {_clock.Elapsed.TotalSeconds:0.0} s  ";
            int room = Math.Max(0, Screen.Width - head.Length - 24 - tail.Length);
            string last = _last.Length <= room ? _last : _last[..room];
            Console.Write($"\r\e[K{head}{new string('━', filled)}{Screen.Colored("2", new string('─', 24 - filled))}{tail}{Screen.Colored("2", last)}");
        }
    }
}
