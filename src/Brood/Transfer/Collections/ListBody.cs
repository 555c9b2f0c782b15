using System.Runtime.InteropServices;

namespace Brood.Transfer;

internal sealed class ListBody<T>(Type type, Type known) : FilledBody(type, known)
{
    public override void Write(TransferWriter writer, object value)
    {
        WriteAdded(writer, value);
        Codec<T> codec = Codec<T>.Declared;
        ReadOnlySpan<T> items = CollectionsMarshal.AsSpan((List<T>)value);
        if (codec is IRunCodec<T> runs)
        {
            runs.WriteRun(writer, items);
            return;
        }
        writer.WriteVarint((uint)items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            writer.At(i);
            codec.Write(writer, items[i]);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        List<T> list = IsDerived ? (List<T>)MakeDerived() : [];
        reader.Made(objectIndex, list);
        ReadAdded(ref reader, list);
        Codec<T> codec = Codec<T>.Declared;
        if (codec is IRunCodec<T> runs)
        {
            runs.ReadRun(ref reader, list);
            return list;
        }
        int count = reader.ReadCount(codec.MinBytes);
        list.EnsureCapacity(count);
        for (int i = 0; i < count; i++)
        {
            list.Add(codec.Read(ref reader));
        }
        return list;
    }
}
