namespace Brood.Transfer;

/// <summary>Writes and reads values of one declared type.</summary>
internal abstract class Codec
{
    /// <summary>The codec for values that are declared as <paramref name="type"/>.</summary>
    /// <exception cref="TransferException">No value of this type can cross.</exception>
    public static Codec For(Type type) => throw new NotImplementedException(type.ToString());

    public abstract Type DeclaredType { get; }

    public abstract void WriteBoxed(TransferWriter writer, object? value);

    public abstract object? ReadBoxed(ref TransferReader reader);
}

/// <inheritdoc/>
internal abstract class Codec<T> : Codec
{
    /// <summary>The codec for values declared as <typeparamref name="T"/>, made at first use.</summary>
    /// <exception cref="TransferException">No value of this type can cross.</exception>
    public static Codec<T> Declared => (Codec<T>)For(typeof(T));

    public sealed override Type DeclaredType => typeof(T);

    public abstract void Write(TransferWriter writer, T value);

    public abstract T Read(ref TransferReader reader);

    public sealed override void WriteBoxed(TransferWriter writer, object? value) => Write(writer, (T)value!);

    public sealed override object? ReadBoxed(ref TransferReader reader) => Read(ref reader);
}
