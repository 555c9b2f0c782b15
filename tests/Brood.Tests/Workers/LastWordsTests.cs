namespace Brood.Workers;

public class LastWordsTests
{
    private const string Frame = "   at Program.Main()";

    [Theory]
    [InlineData(ExitReason.StackOverflow, "Stack overflow.", "Repeated 24,000 times:", "--------------------------------", Frame, "--------------------------------", Frame)]
    [InlineData(ExitReason.FailFast, "Process terminated. No further.", Frame)]
    [InlineData(ExitReason.FailFast, "Process terminated. Two", "lines of message", "   at System.Environment.FailFast(System.String)", Frame)]
    [InlineData(ExitReason.UnhandledException, "Unhandled exception. System.Exception: outer", " ---> System.Exception: inner", Frame, "   --- End of inner exception stack trace ---", Frame)]
    [InlineData(ExitReason.OutOfMemory, "Out of memory.")]
    public void The_runtimes_own_words_are_understood(ExitReason reason, params string[] lines) => Assert.Equal(reason, After(["before", .. lines]).FatalReason);

    [Theory]
    [InlineData("Stack overflow.")]
    [InlineData("Stack overflow. (said the parser, and went on)", Frame)]
    [InlineData("Stack overflow.", Frame, "and went on")]
    [InlineData("Stack overflow.", "caught it", Frame)]
    [InlineData("Out of memory. I told you")]
    [InlineData("Out of memory.", "going on")]
    [InlineData("Unhandled exception. caught it though")]
    [InlineData("Process terminated. By the operator.")]
    [InlineData("Process terminated. As logged:", Frame, "and went on", Frame)]
    [InlineData("nothing of that kind")]
    public void Other_words_are_not(params string[] lines) => Assert.Null(After(lines).FatalReason);

    [Fact]
    public void What_was_written_before_a_call_ended_is_not_the_reason()
    {
        LastWords words = After(["Stack overflow.", Frame]);
        words.Refute(words.Claim);
        Assert.Null(words.FatalReason);
        words.Add(Frame);
        Assert.Null(words.FatalReason);
        Assert.Equal(["Stack overflow.", Frame, Frame], words.Lines);
    }

    [Fact]
    public void Only_the_text_that_was_there_is_refuted()
    {
        LastWords words = After(["Stack overflow.", Frame]);
        int before = words.Claim;
        words.Add("Process terminated. No further.");
        words.Add(Frame);
        words.Refute(before);
        Assert.Equal(ExitReason.FailFast, words.FatalReason);
    }

    [Fact]
    public void The_beginning_of_the_last_words_is_quoted_however_long_the_stack_is()
    {
        LastWords words = After(["before", "Stack overflow.", .. Enumerable.Range(0, 100).Select(i => $"   at Frame{i}()")]);
        Assert.Equal("Stack overflow.", words.Lines[0]);
        Assert.Equal("… 71 lines …", words.Lines[10]);
        Assert.Equal("   at Frame99()", words.Lines[^1]);
        Assert.Equal(10 + 1 + LastWords.LineCount, words.Lines.Count);
    }

    private static LastWords After(IEnumerable<string> lines)
    {
        var words = new LastWords();
        foreach (string line in lines)
        {
            words.Add(line);
        }
        return words;
    }
}
