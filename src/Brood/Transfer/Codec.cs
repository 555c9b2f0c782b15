namespace Brood.Transfer;

/// <summary>Writes and reads values of one declared type.</summary>
/// <remarks>
/// Codecs have no state of their own and are made once per type. A type that cannot cross has a codec too: it passes
/// null and refuses every value by name, so that a forgotten, empty field costs nobody a call.
/// </remarks>
internal abstract class Codec
{
    // Replaced as a whole under s_gate, read without it.
    private static volatile Dictionary<Type, Codec> s_codecs = [];
    private static readonly Lock s_gate = new();

    /// <summary>The codec for values that are declared as <paramref name="type"/>.</summary>
    /// <exception cref="TransferException">No value of this type can exist where values cross, such as a span.</exception>
    public static Codec For(Type type) => s_codecs.TryGetValue(type, out Codec? codec) ? codec : Add(type);

    public abstract Type DeclaredType { get; }

    /// <summary>The fewest bytes that any value takes: bounds what a count in damaged bytes can make a reader allocate.</summary>
    public virtual int MinBytes => 1;

    /// <summary>Why no value but null can cross; null if values can.</summary>
    public virtual Refusal? Refusal => null;

    public abstract void WriteBoxed(TransferWriter writer, object? value);

    public abstract object? ReadBoxed(ref TransferReader reader);

    private static Codec Add(Type type)
    {
        Codec made = CodecFactory.Make(type);
        lock (s_gate)
        {
            if (s_codecs.TryGetValue(type, out Codec? first))
            {
                return first;
            }
            s_codecs = new Dictionary<Type, Codec>(s_codecs) { [type] = made };
            return made;
        }
    }
}

/// <inheritdoc/>
internal abstract class Codec<T> : Codec
{
    /// <summary>The codec for values declared as <typeparamref name="T"/>, made at first use.</summary>
    public static Codec<T> Declared => Made.Codec;

    public sealed override Type DeclaredType => typeof(T);

    public abstract void Write(TransferWriter writer, T value);

    public abstract T Read(ref TransferReader reader);

    /// <summary>Whether a value is its bytes, <see cref="Codec.MinBytes"/> of them, and can always be written.</summary>
    public virtual bool IsRaw => false;

    /// <summary>Writes values one behind the other, each by itself.</summary>
    public virtual void WriteEach(TransferWriter writer, ReadOnlySpan<T> values)
    {
        foreach (T value in values)
        {
            writer.ForgetObjects();
            Write(writer, value);
        }
    }

    /// <summary>Reads values one behind the other at once, if they are no more than their bytes.</summary>
    /// <returns>False: nothing was read; they have to be read one by one.</returns>
    public virtual bool TryReadEach(ref TransferReader reader, Span<T> values) => false;

    public sealed override void WriteBoxed(TransferWriter writer, object? value) => Write(writer, (T)value!);

    public sealed override object? ReadBoxed(ref TransferReader reader) => Read(ref reader);

    // A class of its own: a static readonly field there is a constant to the JIT once it is set.
    private static class Made
    {
        public static readonly Codec<T> Codec = (Codec<T>)For(typeof(T));
    }
}
