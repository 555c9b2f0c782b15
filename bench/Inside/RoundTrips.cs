using BenchmarkDotNet.Attributes;
using Brood.Transfer;

namespace Brood.Bench;

/// <summary>What it costs to write a small value and to read it again, without a channel in between.</summary>
[MemoryDiagnoser]
public class RoundTrips
{
    private const string Text = "a file name of some forty characters.txt";

    [Benchmark]
    public int Int()
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.WriteUnmanaged(42);
        TransferReader reader = NewReader(writer);
        int value = reader.ReadUnmanaged<int>();
        writer.Return();
        return value;
    }

    [Benchmark]
    public ulong Varint()
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.WriteVarint(1_000_000);
        TransferReader reader = NewReader(writer);
        ulong value = reader.ReadVarint();
        writer.Return();
        return value;
    }

    [Benchmark]
    public string? Name()
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.WriteText(Text);
        TransferReader reader = NewReader(writer);
        string? value = reader.ReadText();
        writer.Return();
        return value;
    }

    private static TransferReader NewReader(TransferWriter writer) => new(writer.Inline, null, null, null!);
}
