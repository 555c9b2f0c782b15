using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Transfer;

/// <summary>Writes values to bytes and blocks, and reads them back, without a process.</summary>
internal static class TransferHarness
{
    public static Payload Write(object? value, Type declared, TypePolicy? policy = null, LiveSender? live = null)
    {
        TransferWriter writer = TransferWriter.Rent();
        try
        {
            writer.Live = live;
            writer.Policy = policy ?? TypePolicy.Default;
            Codec.For(declared).WriteBoxed(writer, value);
            return Payload.Of(writer);
        }
        finally
        {
            writer.Return();
        }
    }

    public static object? Read(Payload payload, Type declared, TypePolicy? policy = null, LiveReceiver? live = null)
    {
        var reader = new TransferReader(payload.Inline, new Blocks(payload.Large), live, policy ?? TypePolicy.Default);
        object? value = Codec.For(declared).ReadBoxed(ref reader);
        Assert.Equal(0, reader.Remaining);
        return value;
    }

    /// <summary>Copies a value as a result would be: the reader accepts the closed set only.</summary>
    public static T Copy<T>(T value) => (T)Read(Write(value, typeof(T)), typeof(T))!;

    /// <summary>Copies a value as an argument would be.</summary>
    public static T CopyTrusted<T>(T value) =>
        (T)Read(Write(value, typeof(T), TypePolicy.TrustHost), typeof(T), TypePolicy.TrustHost)!;

    public static TransferException Refused<T>(T value, TypePolicy? policy = null) =>
        Assert.Throws<TransferException>(() => Write(value, typeof(T), policy));
}

internal sealed record Payload(byte[] Inline, byte[][] Large)
{
    public static Payload Of(TransferWriter writer)
    {
        var large = new byte[writer.Blocks.Length][];
        for (int i = 0; i < large.Length; i++)
        {
            large[i] = Bytes(writer.Blocks[i]);
        }
        return new Payload(writer.Inline.ToArray(), large);
    }

    private static byte[] Bytes(Block block)
    {
        ref byte start = ref block.Source is string text
            ? ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(text.AsSpan()))
            : ref MemoryMarshal.GetArrayDataReference((Array)block.Source);
        return MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref start, block.OffsetBytes), (int)block.LengthBytes).ToArray();
    }
}

internal sealed class Blocks(byte[][] large) : BlockSource
{
    private int _next;

    public override BlockView Next() =>
        _next < large.Length ? new View(large[_next++]) : throw TransferReader.Damaged("there is no further block");

    private sealed class View(byte[] bytes) : BlockView
    {
        public override long LengthBytes => bytes.Length;

        public override void CopyTo(long offsetBytes, Span<byte> target) =>
            bytes.AsSpan((int)offsetBytes, target.Length).CopyTo(target);
    }
}
