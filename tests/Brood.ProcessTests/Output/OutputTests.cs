using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Output;

public class OutputTests
{
    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task What_a_call_wrote_with_Console_is_out_before_its_task_completes()
    {
        KeptWorkerOutput kept = WorkerOutput.Keep();
        await using Worker worker = await Worker.StartAsync(new WorkerOptions { Output = kept });
        for (int i = 0; i < 200; i++)
        {
            await worker.CallAsync(n =>
            {
                Console.WriteLine($"out {n}");
                Console.Error.WriteLine($"error {n}");
            }, i);
            Assert.Equal($"out {i}", kept.Lines.Last(line => !line.IsError).Text);
            Assert.Equal($"error {i}", kept.Lines.Last(line => line.IsError).Text);
        }
        Assert.All(kept.Lines, line => Assert.Equal(worker.ProcessId, line.ProcessId));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Lines_stay_whole_when_many_threads_and_processes_write()
    {
        KeptWorkerOutput kept = WorkerOutput.Keep(100_000);
        var options = new WorkerOptions { Output = kept };
        Worker[] workers = [await Worker.StartAsync(options), await Worker.StartAsync(options)];
        await Task.WhenAll(workers.Select((worker, w) => worker.CallAsync(async n =>
            await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
            {
                for (int i = 0; i < 250; i++)
                {
                    Console.WriteLine($"<{n}/{t}/{i}/{new string((char)('a' + t), 200)}>");
                    Native.Print($"<{n}/{t}/{i}/{new string((char)('A' + t), 200)}>\n");
                }
            }))), w)));
        foreach (Worker worker in workers)
        {
            await worker.JoinAsync();
        }
        Assert.Equal(2 * 4 * 250 * 2, kept.Lines.Count);
        Assert.All(kept.Lines, line => Assert.Matches("^<[01]/[0-3]/[0-9]+/([a-dA-D])\\1{199}>$", line.Text));
        Assert.Equal(kept.Lines.Count, kept.Lines.Select(line => line.Text).Distinct().Count());
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task The_last_line_needs_no_end_and_children_are_heard_too()
    {
        KeptWorkerOutput kept = WorkerOutput.Keep();
        Worker worker = await Worker.StartAsync(new WorkerOptions { Output = kept });
        await worker.CallAsync(() =>
        {
            System.Diagnostics.Process.Start("sh", ["-c", "echo from a child; echo and its error >&2"]).WaitForExit();
            Console.Write("no end");
        });
        await worker.JoinAsync();
        Assert.Contains(kept.Lines, line => line is { IsError: false, Text: "from a child" });
        Assert.Contains(kept.Lines, line => line is { IsError: true, Text: "and its error" });
        Assert.Equal("no end", kept.Lines[^1].Text);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Much_output_holds_nobody_up()
    {
        const int lines = 100_000;
        KeptWorkerOutput kept = WorkerOutput.Keep(100);
        await using Worker worker = await Worker.StartAsync(new WorkerOptions { Output = kept });
        await worker.CallAsync(count =>
        {
            string text = new('x', 100);
            for (int i = 0; i < count; i++)
            {
                Native.Print(text + "\n");
            }
            Console.WriteLine("done");
        }, lines);
        Assert.Equal("done", kept.Lines[^1].Text);
        Assert.Equal(100, kept.Lines.Count);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task A_callback_hears_every_line_and_may_throw()
    {
        var lines = new Reports<WorkerOutputLine>();
        await using Worker worker = await Worker.StartAsync(new WorkerOptions
        {
            Output = WorkerOutput.To(line =>
            {
                lines.Report(line);
                throw new InvalidOperationException("from a callback");
            }),
        });
        await worker.CallAsync(() => Console.WriteLine("one\r\n\ntwo ü"));
        Assert.Equal(["one", "", "two ü"], lines.Items.Select(line => line.Text));
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Discarded_output_is_still_quoted_after_a_crash()
    {
        await using Worker worker = await Worker.StartAsync(new WorkerOptions { Output = WorkerOutput.Discard });
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => worker.CallAsync(() =>
        {
            Console.Error.WriteLine("the reason");
            Environment.Exit(1);
        }));
        Assert.Equal(["the reason"], crash.Exit.LastErrorLines);
    }

    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task The_standard_input_of_a_worker_is_empty()
    {
        await using Worker worker = await Worker.StartAsync();
        Assert.Null(await worker.CallAsync(() => Console.ReadLine()));
        Assert.Equal(-1, await worker.CallAsync(() => Console.OpenStandardInput().ReadByte()));
    }

    private static class Native
    {
        public static void Print(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Write(1, bytes, bytes.Length);
        }

        [DllImport("libc", EntryPoint = "write")]
        private static extern nint Write(int fd, byte[] bytes, nint count);
    }
}

[Collection(nameof(Alone))]
public class RelayTests
{
    [Fact(Timeout = Watchdog.Milliseconds)]
    public async Task Output_goes_to_the_hosts_own_console_where_nothing_else_is_said()
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        var (seenOutput, seenError) = (new StringWriter(), new StringWriter());
        try
        {
            Console.SetOut(TextWriter.Synchronized(seenOutput));
            Console.SetError(TextWriter.Synchronized(seenError));
            await Worker.RunAsync(() =>
            {
                Console.WriteLine("to the output");
                Console.Error.WriteLine("to the error");
            });
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
        Assert.Equal("to the output\n", seenOutput.ToString());
        Assert.Equal("to the error\n", seenError.ToString());
    }
}
