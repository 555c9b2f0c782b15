using Brood.Memory;

namespace Brood.Transfer;

/// <summary>A shared array crosses as the number of its block; the memory itself is mapped by both sides.</summary>
internal sealed class SharedArrayCodec<T> : Codec<SharedArray<T>?> where T : unmanaged
{
    public override void Write(TransferWriter writer, SharedArray<T>? value)
    {
        writer.WriteUnmanaged(value?.Block.Id ?? 0);
        if (value is not null)
        {
            LiveCodecs.Sender(writer, typeof(SharedArray<T>)).AddShared(value.Block);
            writer.WriteUnmanaged(value.Length);
        }
    }

    public override SharedArray<T>? Read(ref TransferReader reader)
    {
        long id = reader.ReadUnmanaged<long>();
        if (id == 0)
        {
            return null;
        }
        long length = reader.ReadUnmanaged<long>();
        SharedBlock block = LiveCodecs.Receiver(reader).GetShared(id);
        if (length < 1 || length > block.Region.Length / System.Runtime.CompilerServices.Unsafe.SizeOf<T>())
        {
            block.Release();
            throw TransferReader.Damaged("a shared array is longer than its memory");
        }
        return new SharedArray<T>(block, length);
    }
}
