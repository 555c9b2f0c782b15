using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Platform;

public class UnixTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/usr/share/dotnet/dotnet")]
    [InlineData("/home/jürgen/日本/😀")]
    [InlineData("/a lone \ud800 surrogate")]
    public void Is_what_UTF_8_makes_of_it(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);

        Assert.Equal([.. utf8, 0], UnixText.ToBytes(text));
        Assert.Equal(Encoding.UTF8.GetString(utf8), UnixText.FromBytes(utf8));
        nint native = UnixText.ToNative(text);
        Assert.Equal(Encoding.UTF8.GetString(utf8), Marshal.PtrToStringUTF8(native));
        Marshal.FreeHGlobal(native);
    }

    [Fact]
    public void Bytes_that_are_no_text_become_what_the_framework_makes_of_them() =>
        Assert.Equal("a\uFFFDb", UnixText.FromBytes([(byte)'a', 0xFF, (byte)'b']));
}
