using System.Collections.ObjectModel;
using System.Reflection;

namespace Brood.Transfer;

/// <summary>An object around one other. It cannot be part of a cycle.</summary>
internal abstract class WrapperBody<TInner>(Type known) : BodyCodec(known)
{
    public sealed override bool IsMadeLate => true;

    protected abstract TInner Unwrap(TransferWriter writer, object value);

    protected abstract object Wrap(TInner inner);

    public sealed override void Write(TransferWriter writer, object value) =>
        Codec<TInner>.Declared.Write(writer, Unwrap(writer, value));

    public sealed override object Read(ref TransferReader reader, int objectIndex) => Wrap(Codec<TInner>.Declared.Read(ref reader));

    public override string Describe(object? value, int position) => "";
}

internal sealed class ReadOnlyDictionaryBody<TKey, TValue>(Type known) : WrapperBody<IDictionary<TKey, TValue>>(known)
    where TKey : notnull
{
    private static readonly PropertyInfo s_inner =
        typeof(ReadOnlyDictionary<TKey, TValue>).GetProperty("Dictionary", BindingFlags.Instance | BindingFlags.NonPublic)!;

    protected override IDictionary<TKey, TValue> Unwrap(TransferWriter writer, object value) =>
        (IDictionary<TKey, TValue>)s_inner.GetValue(value)!;

    protected override object Wrap(IDictionary<TKey, TValue> inner) => new ReadOnlyDictionary<TKey, TValue>(inner);
}

internal sealed class ReadOnlySetBody<T>(Type known) : WrapperBody<ISet<T>>(known)
{
    private static readonly PropertyInfo s_inner =
        typeof(ReadOnlySet<T>).GetProperty("Set", BindingFlags.Instance | BindingFlags.NonPublic)!;

    protected override ISet<T> Unwrap(TransferWriter writer, object value) => (ISet<T>)s_inner.GetValue(value)!;

    protected override object Wrap(ISet<T> inner) => new ReadOnlySet<T>(inner);
}

internal sealed class LazyBody<T>(Type known) : WrapperBody<T>(known)
{
    protected override T Unwrap(TransferWriter writer, object value) => value is Lazy<T> { IsValueCreated: true } lazy
        ? lazy.Value
        : throw writer.Refused(value.GetType(), new Refusal(
            "whose value has not been made", "Use its Value once before the call, or pass the value."));

    protected override object Wrap(T inner) => new Lazy<T>(inner);
}
