using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>A collection that is made empty and then filled, so that its items may refer to it.</summary>
/// <remarks>
/// The application's own subclasses arrive too: the framework's constructor runs on the bare object, then the fields
/// that the subclass adds are set, then the items are added through the framework's class. No code of the subclass runs.
/// </remarks>
internal abstract class FilledBody(Type type, Type known) : BodyCodec(type)
{
    private readonly FieldLayout? _added = type == known ? null : FieldLayout.Between(type, known);

    protected bool IsDerived => _added is not null;

    /// <summary>Makes an object of the subclass by running the framework's constructor only.</summary>
    protected object MakeDerived(params ReadOnlySpan<(Type Type, object? Value)> arguments)
    {
        var types = new Type[arguments.Length];
        var values = new object?[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            (types[i], values[i]) = arguments[i];
        }
        object made = RuntimeHelpers.GetUninitializedObject(Type);
        known.GetConstructor(BindingFlags.Instance | BindingFlags.Public, types)!.Invoke(made, values);
        return made;
    }

    protected void WriteAdded(TransferWriter writer, object value)
    {
        if (_added is not null)
        {
            writer.At(TransferWriter.AddedFields);
            writer.Enter(_added, null);
            _added.Write(writer, value);
            writer.Leave();
        }
    }

    protected void ReadAdded(ref TransferReader reader, object value) => _added?.Read(ref reader, value);
}
