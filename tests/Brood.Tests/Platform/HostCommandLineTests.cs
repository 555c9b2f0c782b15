using System.Text;

namespace Brood.Platform;

public class HostCommandLineTests
{
    [Fact]
    public void The_words_of_this_process_end_with_those_that_its_Main_was_given()
    {
        var given = Environment.GetCommandLineArgs()[1..];
        var words = HostCommandLine.Read();
        Assert.NotEmpty(words);
        Assert.Equal(given, words.Skip(words.Count - given.Length));
    }

    [Fact]
    public void Linux_keeps_empty_words() =>
        Assert.Equal(["a", "", "é"], HostCommandLineLinux.Split(Encoding.UTF8.GetBytes("a\0\0é\0")));

    [Fact]
    public void MacOS_words_follow_the_path_and_its_padding()
    {
        byte[] block = [2, 0, 0, 0, .. "/bin/x\0\0\0x\0--a\0HOME=/\0"u8];
        Assert.Equal(["x", "--a"], HostCommandLineMac.Parse(block));
    }
}
