using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Platform;

/// <summary>Strings as Unix has them: UTF-8 with a zero behind it.</summary>
/// <remarks>Nearly all paths and variables are ASCII. That is converted by hand, because the framework's converters load vector types
/// that take a fresh process five milliseconds, and the first worker is waiting to be started.</remarks>
internal static class UnixText
{
    /// <summary>The bytes of a string, and a zero.</summary>
    public static byte[] ToBytes(string text)
    {
        var bytes = new byte[text.Length + 1];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] >= 0x80)
            {
                return [.. Encoding.UTF8.GetBytes(text), 0];
            }
            bytes[i] = (byte)text[i];
        }
        return bytes;
    }

    /// <summary>A native copy; to be freed with <see cref="Marshal.FreeHGlobal"/>.</summary>
    public static nint ToNative(string text)
    {
        byte[] bytes = ToBytes(text);
        nint native = Marshal.AllocHGlobal(bytes.Length);
        Marshal.Copy(bytes, 0, native, bytes.Length);
        return native;
    }

    /// <summary>The string of bytes without the zero.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] >= 0x80)
            {
                return Encoding.UTF8.GetString(bytes);
            }
            text[i] = (char)bytes[i];
        }
        return new string(text);
    }
}
