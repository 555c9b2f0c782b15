// SQLite with its locks turned off is a real native library that is not thread-safe: not even separate databases may be
// used by two threads at once. Worker processes use it in parallel all the same.

using System.Diagnostics;
using System.Runtime.InteropServices;
using Brood;

const int Jobs = 2_000;
const int Threads = 4;
const int Tries = 50;
int workers = Math.Max(2, Environment.ProcessorCount);
var options = new WorkerPoolOptions
{
    Workers = workers,
    Initialize = Sqlite.TurnLocksOff,
    Output = WorkerOutput.Discard, // The library's dying words are in the exception.
};
Console.WriteLine($"{Jobs:N0} databases in memory, filled and summed by SQLite {Sqlite.Version()} without locks:");
Console.WriteLine();

// In a worker, because this is what it does to the process that tries.
WorkerCrashedException? crash = null;
await using (var victims = new WorkerPool(options with { Workers = 1 }))
{
    for (int i = 0; i < Tries && crash is null; i++)
    {
        try
        {
            await victims.CallAsync(SumOnThreads, Jobs, Threads);
        }
        catch (WorkerCrashedException error)
        {
            crash = error;
        }
        catch (AggregateException error)
        {
            Tell($"{Threads} threads of one process", $"failed: {error.InnerException?.Message}");
        }
    }
}
Tell($"{Threads} threads of one process", crash is null ? $"survived {Tries} times; that was luck" : $"died: {crash.Exit.Signal} {LastWords(crash.Exit)}");

await using var pool = new WorkerPool(options);
await pool.WarmUpAsync();

var clock = Stopwatch.StartNew();
long[] alone = await pool.CallAsync(SumOneByOne, Jobs);
Tell("one process, one at a time", $"{Verdict(alone)} in {clock.Elapsed.TotalSeconds:0.00} s");

clock.Restart();
List<long> pooled = [];
await foreach (long sum in pool.MapAsync(Sqlite.FillAndSum, Enumerable.Range(0, Jobs)))
{
    pooled.Add(sum);
}
Tell($"a pool of {workers} processes", $"{Verdict(pooled)} in {clock.Elapsed.TotalSeconds:0.00} s");

return crash is not null && AllRight(alone) && AllRight(pooled) ? 0 : 1;

static void Tell(string who, string what) => Console.WriteLine($"  {who,-28}{what}");

static void SumOnThreads(int jobs, int threads)
{
    var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
    Parallel.For(0, jobs, parallel, job => Sqlite.FillAndSum(job));
}

static long[] SumOneByOne(int jobs) => [.. Enumerable.Range(0, jobs).Select(Sqlite.FillAndSum)];

static bool AllRight(IReadOnlyList<long> sums) => sums.Count == Jobs && sums.All(sum => sum == Sqlite.ExpectedSum);

static string Verdict(IReadOnlyList<long> sums) => AllRight(sums) ? $"{Jobs:N0} right sums" : "WRONG sums";

static string LastWords(WorkerExit exit) => exit.LastErrorLines is [.., var last] ? $"({last.Trim()})" : "";

internal static class Sqlite
{
    public const long ExpectedSum = Rows * (Rows + 1L) / 2;

    private const int Rows = 300;
    private const string Library = "e_sqlite3";
    private const int SingleThread = 1;
    private const int ReadWrite = 0x02;
    private const int Create = 0x04;
    private const int Uri = 0x40;
    private const int Ok = 0;
    private const int Row = 100;

    public static string? Version() => Marshal.PtrToStringUTF8(VersionText());

    public static void TurnLocksOff() => Check(Configure(SingleThread));

    public static long FillAndSum(int job)
    {
        Check(Open($"file:/{job}?vfs=memdb", out nint database, ReadWrite | Create | Uri, 0));
        try
        {
            Check(Execute(database, $"""
                CREATE TABLE t(n INTEGER, noise TEXT);
                WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {Rows})
                INSERT INTO t SELECT n, hex(randomblob(16)) FROM c;
                CREATE INDEX i ON t(noise);
                """, 0, 0, 0));
            Check(Prepare(database, "SELECT sum(n) FROM (SELECT n FROM t ORDER BY noise)", -1, out nint statement, 0));
            try
            {
                Check(Step(statement), Row);
                return ColumnInt64(statement, 0);
            }
            finally
            {
                _ = FinalizeStatement(statement);
            }
        }
        finally
        {
            _ = Close(database);
        }
    }

    private static void Check(int code, int expected = Ok)
    {
        if (code != expected)
        {
            throw new InvalidOperationException($"SQLite returned {code}.");
        }
    }

    [DllImport(Library, EntryPoint = "sqlite3_libversion")]
    private static extern nint VersionText();

    [DllImport(Library, EntryPoint = "sqlite3_config")]
    private static extern int Configure(int option);

    [DllImport(Library, EntryPoint = "sqlite3_open_v2")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string name, out nint database, int flags, nint system);

    [DllImport(Library, EntryPoint = "sqlite3_exec")]
    private static extern int Execute(nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string sql, nint callback, nint state, nint error);

    [DllImport(Library, EntryPoint = "sqlite3_prepare_v2")]
    private static extern int Prepare(nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string sql, int bytes, out nint statement, nint tail);

    [DllImport(Library, EntryPoint = "sqlite3_step")]
    private static extern int Step(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_column_int64")]
    private static extern long ColumnInt64(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_finalize")]
    private static extern int FinalizeStatement(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_close")]
    private static extern int Close(nint database);
}
