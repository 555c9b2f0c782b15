namespace Brood.Transfer;

/// <summary>Codecs of values that stay connected to where they came from.</summary>
internal static class LiveCodecs
{
    /// <summary>The codec for a declared interface of that kind, or null.</summary>
    public static Codec? Find(Type type)
    {
        if (!type.IsConstructedGenericType)
        {
            return null;
        }
        Type definition = type.GetGenericTypeDefinition();
        return definition == typeof(SharedArray<>) ? CodecFactory.New(typeof(SharedArrayCodec<>), type.GetGenericArguments())
            : definition == typeof(IProgress<>) ? CodecFactory.New(typeof(ProgressCodec<>), type.GetGenericArguments())
            : definition == typeof(IAsyncEnumerable<>) ? CodecFactory.New(typeof(AsyncEnumerableCodec<>), type.GetGenericArguments())
            : null;
    }

    /// <summary>Why there is nothing to connect to: the value is no argument of a call.</summary>
    public static Refusal OnlyArguments { get; } = new(
        "which is connected to a running call of this process", "Only arguments and captured variables stay connected; return data.");

    public static LiveSender Sender(TransferWriter writer, Type type) => writer.Live ?? throw writer.Refused(type, OnlyArguments);

    public static LiveReceiver Receiver(in TransferReader reader) =>
        reader.Live ?? throw TransferReader.Damaged("something connected came where nothing can be");

    public static int ReadId(ref TransferReader reader)
    {
        ulong id = reader.ReadVarint();
        return id <= int.MaxValue ? (int)id : throw TransferReader.Damaged("an id is too large");
    }
}

/// <summary>0 stands for a token that the sender can never cancel; the receiver may have a reason of its own to.</summary>
internal sealed class CancellationTokenCodec : Codec<CancellationToken>
{
    public override void Write(TransferWriter writer, CancellationToken value) =>
        writer.WriteVarint(value.CanBeCanceled ? (uint)LiveCodecs.Sender(writer, typeof(CancellationToken)).Add(value) : 0);

    public override CancellationToken Read(ref TransferReader reader)
    {
        int id = LiveCodecs.ReadId(ref reader);
        return id == 0 && reader.Live is null ? CancellationToken.None : LiveCodecs.Receiver(reader).GetToken(id);
    }
}

internal sealed class ProgressCodec<T> : Codec<IProgress<T>?>
{
    public override void Write(TransferWriter writer, IProgress<T>? value)
    {
        writer.WriteByte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
        {
            writer.WriteVarint((uint)LiveCodecs.Sender(writer, value.GetType()).Add(value));
        }
    }

    public override IProgress<T>? Read(ref TransferReader reader) =>
        reader.ReadByte() == 0 ? null : LiveCodecs.Receiver(reader).GetProgress<T>(LiveCodecs.ReadId(ref reader));
}

internal sealed class AsyncEnumerableCodec<T> : Codec<IAsyncEnumerable<T>?>
{
    public override void Write(TransferWriter writer, IAsyncEnumerable<T>? value)
    {
        writer.WriteByte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
        {
            writer.WriteVarint((uint)LiveCodecs.Sender(writer, value.GetType()).Add(value));
        }
    }

    public override IAsyncEnumerable<T>? Read(ref TransferReader reader) =>
        reader.ReadByte() == 0 ? null : LiveCodecs.Receiver(reader).GetAsyncEnumerable<T>(LiveCodecs.ReadId(ref reader));
}
