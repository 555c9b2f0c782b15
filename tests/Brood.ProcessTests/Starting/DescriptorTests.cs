using System.Runtime.InteropServices;

namespace Brood.Starting;

public partial class DescriptorTests
{
    private const int RLIMIT_NOFILE = 7;

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_start_for_which_there_are_not_enough_descriptors_fails_by_name_and_leaves_none_open()
    {
        // The limit holds for a whole process: a worker's, which starts workers of its own.
        await using Worker host = await Worker.StartAsync();
        int[] outcomes = await host.CallAsync(StartWithFewDescriptors);

        Assert.True(outcomes[0] > 0 && outcomes[1] > 0, $"started {outcomes[0]}, refused {outcomes[1]}");
    }

    private static async Task<int[]> StartWithFewDescriptors()
    {
        // Stays, so that what all workers share stays open, too.
        await using Worker other = await Worker.StartAsync();
        await StartAndCall();
        GetLimit(RLIMIT_NOFILE, out Limit usual);
        string[] before = OpenDescriptors();
        int started = 0;
        int refused = 0;
        // New descriptors get the lowest free numbers, and none from the limit on.
        for (int numbers = 10; numbers < 120; numbers += 5)
        {
            var few = new Limit { Soft = (ulong)numbers, Hard = usual.Hard };
            SetLimit(RLIMIT_NOFILE, in few);
            try
            {
                await StartAndCall();
                started++;
            }
            catch (WorkerStartException)
            {
                refused++;
            }
            finally
            {
                SetLimit(RLIMIT_NOFILE, in usual);
            }
            Assert.True(OpenDescriptors().Length == before.Length, $"of {numbers} numbers: {string.Join(", ", OpenDescriptors().Except(before))}");
        }
        return [started, refused];
    }

    private static async Task StartAndCall()
    {
        await using Worker worker = await Worker.StartAsync();
        Assert.Equal(3, await worker.CallAsync(number => number + 1, 2));
    }

    private static string[] OpenDescriptors() =>
        [.. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(link => $"{link.Name}={link.LinkTarget}")];

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);
}
