using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>How a field of a closure crosses.</summary>
internal enum CapturedFieldKind : byte
{
    /// <summary>A variable, by the codec of its declared type.</summary>
    Value,

    /// <summary>The closure of an outer scope.</summary>
    Link,

    /// <summary>A variable that holds a function. It may close over the very closure that it is kept in.</summary>
    Delegate,
}

/// <summary>One field of a closure that is sent.</summary>
internal sealed class CapturedField
{
    private readonly Func<Type, Codec> _codecs;
    private readonly bool _canBeNull;

    // Made at first use, by whichever thread comes first; a second one would be equal.
    private Codec? _codec;

    public CapturedField(FieldInfo field, ClosurePlan? link, Func<Type, Codec> codecs)
    {
        Field = field;
        Link = link;
        Name = CompilerNames.Variable(field.Name);
        Kind = link is not null ? CapturedFieldKind.Link
            : typeof(Delegate).IsAssignableFrom(field.FieldType) ? CapturedFieldKind.Delegate
            : CapturedFieldKind.Value;
        _codecs = codecs;
        _canBeNull = !field.FieldType.IsValueType;
    }

    public FieldInfo Field { get; }

    public CapturedFieldKind Kind { get; }

    public ClosurePlan? Link { get; }

    public string Name { get; }

    public void Write(TransferWriter writer, object closure, ClosureWriting? graph)
    {
        object? value = Field.GetValue(closure);
        if (Kind == CapturedFieldKind.Link)
        {
            WriteLink(writer, value, graph);
            return;
        }
        try
        {
            if (Kind == CapturedFieldKind.Delegate)
            {
                CapturedDelegate.Write(writer, (Delegate?)value, graph!);
            }
            else
            {
                WriteValue(writer, value);
            }
        }
        catch (TransferException e)
        {
            throw TransferPath.Under($"captured '{Name}'", e);
        }
    }

    public void Read(ref TransferReader reader, object closure, ClosureReading? graph)
    {
        if (Kind == CapturedFieldKind.Link)
        {
            Field.SetValue(closure, ReadLink(ref reader, graph));
            return;
        }
        try
        {
            Field.SetValue(closure, Kind == CapturedFieldKind.Delegate
                ? CapturedDelegate.Read(ref reader, graph!)
                : ReadValue(ref reader));
        }
        catch (TransferException e)
        {
            throw TransferPath.Under($"captured '{Name}'", e);
        }
    }

    private void WriteLink(TransferWriter writer, object? outer, ClosureWriting? graph)
    {
        if (graph is not null)
        {
            graph.WriteClosure(writer, outer, Link!);
            return;
        }
        writer.WriteByte(outer is null ? (byte)0 : (byte)1);
        if (outer is not null)
        {
            Link!.WriteFields(writer, outer, graph: null);
        }
    }

    private object? ReadLink(ref TransferReader reader, ClosureReading? graph)
    {
        if (graph is not null)
        {
            return graph.ReadClosure(ref reader, Link!);
        }
        if (reader.ReadByte() == 0)
        {
            return null;
        }
        object outer = Link!.Create();
        Link.ReadFields(ref reader, outer, graph: null);
        return outer;
    }

    /// <remarks>Null crosses for every type of variable, also for those that have no codec.</remarks>
    private void WriteValue(TransferWriter writer, object? value)
    {
        if (_canBeNull)
        {
            writer.WriteByte(value is null ? (byte)0 : (byte)1);
            if (value is null)
            {
                return;
            }
        }
        (_codec ??= _codecs(Field.FieldType)).WriteBoxed(writer, value);
    }

    private object? ReadValue(ref TransferReader reader) =>
        _canBeNull && reader.ReadByte() == 0 ? null : (_codec ??= _codecs(Field.FieldType)).ReadBoxed(ref reader);
}
