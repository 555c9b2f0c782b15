using System.Diagnostics;
using System.Globalization;
using Brood.Transfer;

namespace Brood.Bench;

/// <summary>What values cost on their way through a real worker, beside an int and beside the codecs alone. Medians, with their bars.</summary>
/// <remarks>A call writes in the host and reads in the worker; its result is written there and read in the host.</remarks>
internal static class Values
{
    public const string FirstCall = "first-call";

    private const int Rounds = 15;
    private const int WarmCalls = 10_000;
    private const int ListCalls = 200;
    private const int ArrayCalls = 5;

    public static async Task RunAsync()
    {
        Console.WriteLine($"Medians of {Rounds} rounds");
        await FirstInFreshWorkerAsync();
        await FirstInFreshProgramAsync();
        await using Worker worker = await Worker.StartAsync();
        Warm(worker);
        List(worker);
        Array(worker);
    }

    /// <summary>What a fresh program runs: prints what the first call takes.</summary>
    public static async Task FirstCallAsync(string kind)
    {
        await using Worker worker = await Worker.StartAsync();
        Cost cost = Measure(worker, kind == nameof(Int) ? Int : Record);
        Console.WriteLine($"{cost.Milliseconds:R} {cost.ProcessorMilliseconds:R}");
    }

    private static async Task FirstInFreshWorkerAsync()
    {
        await PrintFirstAsync("fresh worker", async kind =>
        {
            await using Worker worker = await Worker.StartAsync();
            return Measure(worker, kind == nameof(Int) ? Int : Record);
        });
    }

    private static Task FirstInFreshProgramAsync() => PrintFirstAsync("fresh host and worker", async kind =>
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [nameof(Values), FirstCall, kind]) { RedirectStandardOutput = true };
        using Process program = Process.Start(start)!;
        string[] parts = (await program.StandardOutput.ReadToEndAsync()).Split(' ');
        await program.WaitForExitAsync();
        return new Cost(double.Parse(parts[0], CultureInfo.CurrentCulture), double.Parse(parts[1], CultureInfo.CurrentCulture));
    });

    private static async Task PrintFirstAsync(string where, Func<string, Task<Cost>> measure)
    {
        var ints = new List<Cost>();
        var records = new List<Cost>();
        for (int i = 0; i < Rounds; i++)
        {
            ints.Add(await measure(nameof(Int)));
            records.Add(await measure(nameof(Record)));
        }
        double difference(Func<Cost, double> part) => Median([.. records.Select(part)]) - Median([.. ints.Select(part)]);
        Print($"first call, {where}, record − int", difference(cost => cost.Milliseconds), "ms", 60);
        Console.WriteLine($"{"  the same in processor time of both processes",-52} {difference(cost => cost.ProcessorMilliseconds),7:F2} ms");
    }

    /// <summary>Processor time says what a call costs on a machine that is busy with other things, too.</summary>
    private static Cost Measure(Worker worker, Func<Worker, int, double> call)
    {
        using Process host = Process.GetCurrentProcess();
        using Process other = Process.GetProcessById(worker.ProcessId);
        TimeSpan before = host.TotalProcessorTime + other.TotalProcessorTime;
        double milliseconds = call(worker, 1);
        host.Refresh();
        other.Refresh();
        return new Cost(milliseconds, (host.TotalProcessorTime + other.TotalProcessorTime - before).TotalMilliseconds);
    }

    private readonly record struct Cost(double Milliseconds, double ProcessorMilliseconds);

    private static void Warm(Worker worker)
    {
        var ints = new List<double>();
        var records = new List<double>();
        for (int i = 0; i < Rounds; i++)
        {
            ints.Add(Int(worker, WarmCalls) * 1_000);
            records.Add(Record(worker, WarmCalls) * 1_000);
        }
        Console.WriteLine($"warm call with an int {Median(ints):F2} µs, with a record {Median(records):F2} µs");
        Print("warm call, record − int", Median(records) - Median(ints), "µs", 3);
    }

    /// <summary>The codecs alone do in each of the two processes what they do there for a call: the processors need not be equally fast.</summary>
    private static void List(Worker worker)
    {
        List<Person> people = People();
        var calls = new List<double>();
        var codecs = new List<double>();
        for (int i = 0; i < Rounds; i++)
        {
            calls.Add(Time(ListCalls, () => worker.Call(Echo, people)));
            codecs.Add(CodecsAlone(ofWorker: false) + worker.Call(CodecsAlone, true));
        }
        Console.WriteLine($"1,000 records there and back: {Median(calls) * 1_000:F0} µs, by the codecs alone {Median(codecs) * 1_000:F0} µs");
        Print("list of 1,000 records, call ÷ codecs alone", Median(calls) / Median(codecs), "×", 1.5);
    }

    private static double CodecsAlone(bool ofWorker)
    {
        List<Person> people = People();
        return Time(ListCalls, () => Copy(people, ofWorker ? TypePolicy.TrustHost : TypePolicy.Default));
    }

    private static List<Person> People() => [.. Enumerable.Range(0, 1_000).Select(Make)];

    private static void Array(Worker worker)
    {
        var calls = new List<double>();
        var copies = new List<double>();
        double[] numbers = [.. Enumerable.Range(0, (64 << 20) / sizeof(double)).Select(i => i / 3.0)];
        var target = new double[numbers.Length];
        for (int i = 0; i < Rounds; i++)
        {
            calls.Add(Time(ArrayCalls, () => worker.Call(Echo, numbers)));
            copies.Add(Time(ArrayCalls, () => numbers.CopyTo(target, 0)));
        }
        Console.WriteLine($"64 MiB of doubles there and back {Median(calls):F1} ms, one copy of them in memory {Median(copies):F1} ms");
        Console.WriteLine($"{"64 MiB there and back (four copies) ÷ one copy",-52} {Median(calls) / Median(copies),7:F2} ×");
    }

    /// <returns>Milliseconds a call.</returns>
    private static double Int(Worker worker, int calls) => Time(calls, () => worker.Call(Echo, 42));

    private static double Record(Worker worker, int calls)
    {
        Person person = Make(7);
        return Time(calls, () => worker.Call(Echo, person));
    }

    private static double Time(int times, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            action();
        }
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
    }

    private static List<Person> Copy(List<Person> people, TypePolicy policy)
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.Policy = policy;
        Codec<List<Person>>.Declared.Write(writer, people);
        var reader = new TransferReader(writer.Inline, null, null, policy);
        List<Person> copy = Codec<List<Person>>.Declared.Read(ref reader);
        writer.Return();
        return copy;
    }

    private static T Echo<T>(T value) => value;

    private static Person Make(int i) => new($"Person number {i}", i, i / 7.0, DateTime.UnixEpoch.AddDays(i));

    private static void Print(string what, double value, string unit, double bar) =>
        Console.WriteLine($"{what,-52} {value,7:F2} {unit}   bar {bar} {unit}: {(value <= bar ? "reached" : "MISSED")}");

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}

/// <summary>A small record.</summary>
public sealed record Person(string Name, int Age, double Score, DateTime Since);
