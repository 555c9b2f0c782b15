namespace Brood.Pool;

/// <summary>A named pipe that workers wait at until the host opens it.</summary>
internal sealed class Gate : IDisposable
{
    private FileStream? _writer;

    public Gate()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());
        Assert.Equal(0, Native.MkFifo(Path, Convert.ToInt32("600", 8)));
        // Both directions: opening does not wait, and readers find an end that is open.
        _writer = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
    }

    public string Path { get; }

    /// <summary>From a worker.</summary>
    public static void Wait(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        stream.ReadByte();
    }

    public void Open() => _writer!.Write(new byte[1000]);

    public void Dispose()
    {
        _writer?.Dispose();
        File.Delete(Path);
    }
}
