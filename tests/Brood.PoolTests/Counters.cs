using System.IO.MemoryMappedFiles;

namespace Brood.Pool;

/// <summary>Counters in a file that host and workers have mapped: what was counted survives whoever counted.</summary>
internal sealed class Counters : IDisposable
{
    private static string? s_openPath;
    private static MemoryMappedViewAccessor? s_open;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public Counters(int count)
    {
        Path = System.IO.Path.GetTempFileName();
        _file = MemoryMappedFile.CreateFromFile(Path, FileMode.Open, null, sizeof(int) * (long)count);
        _view = _file.CreateViewAccessor();
    }

    public string Path { get; }

    public int this[int index] => _view.ReadInt32(index * sizeof(int));

    /// <summary>From a worker.</summary>
    public static unsafe int Count(string path, int index)
    {
        if (s_openPath != path)
        {
            s_open = MemoryMappedFile.CreateFromFile(path, FileMode.Open).CreateViewAccessor();
            s_openPath = path;
        }
        byte* start = null;
        s_open!.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            return Interlocked.Increment(ref ((int*)start)[index]);
        }
        finally
        {
            s_open.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(Path);
    }
}
