using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Platform;

internal static partial class HostCommandLineMac
{
    private const int CtlKern = 1;
    private const int KernProcArgs2 = 49;

    public static IReadOnlyList<string> Read()
    {
        int[] name = [CtlKern, KernProcArgs2, Environment.ProcessId];
        nuint length = 0;
        Check(SysCtl(name, 3, null, ref length, 0, 0));
        var block = new byte[length];
        Check(SysCtl(name, 3, block, ref length, 0, 0));
        return Parse(block.AsSpan(0, (int)length));
    }

    // int32 count · path of the executable · zeros up to a word boundary · count words · the environment
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> block)
    {
        var count = MemoryMarshal.Read<int>(block);
        var rest = block[sizeof(int)..];
        rest = rest[rest.IndexOf((byte)0)..];
        rest = rest[rest.IndexOfAnyExcept((byte)0)..];
        var words = new List<string>(count);
        while (words.Count < count)
        {
            var end = rest.IndexOf((byte)0);
            if (end < 0) break;
            words.Add(Encoding.UTF8.GetString(rest[..end]));
            rest = rest[(end + 1)..];
        }

        return words;
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new IOException($"sysctl(KERN_PROCARGS2) failed with error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "sysctl", SetLastError = true)]
    private static partial int SysCtl(
        int[] name, uint nameLength, byte[]? old, ref nuint oldBytes, nint @new, nuint newBytes);
}
