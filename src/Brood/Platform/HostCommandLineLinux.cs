namespace Brood.Platform;

internal static class HostCommandLineLinux
{
    public static IReadOnlyList<string> Read() => Split(File.ReadAllBytes("/proc/self/cmdline"));

    // Each word ends with a zero byte, the last one too; a word may be empty.
    public static IReadOnlyList<string> Split(byte[] block)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 0; i < block.Length; i++)
        {
            if (block[i] != 0) continue;
            words.Add(UnixText.FromBytes(block.AsSpan(start, i - start)));
            start = i + 1;
        }

        if (start < block.Length) words.Add(UnixText.FromBytes(block.AsSpan(start)));
        return words;
    }
}
