using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>All instance fields of a type, those of its base types first, whoever may see them.</summary>
internal sealed class FieldLayout : IPathPart
{
    private readonly FieldInfo[] _fields;

    // Filled at first use: a type may contain itself.
    private readonly Codec?[] _codecs;

    private FieldLayout(FieldInfo[] fields)
    {
        _fields = fields;
        _codecs = new Codec?[fields.Length];
    }

    public int Count => _fields.Length;

    public static FieldLayout Of(Type type) => Between(type, null);

    /// <summary>The fields that <paramref name="type"/> and its bases add to <paramref name="known"/>.</summary>
    public static FieldLayout Between(Type type, Type? known)
    {
        List<FieldInfo> fields = [];
        for (Type? level = type; level is not null && level != known && level != typeof(ValueType); level = level.BaseType)
        {
            FieldInfo[] declared = level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            fields.InsertRange(0, declared);
        }
        return new FieldLayout([.. fields]);
    }

    public void Write(TransferWriter writer, object value)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            writer.At(i);
            CodecAt(i).WriteBoxed(writer, _fields[i].GetValue(value));
        }
    }

    public void Read(ref TransferReader reader, object target)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            _fields[i].SetValue(target, CodecAt(i).ReadBoxed(ref reader));
        }
    }

    public string Describe(object? value, int position) => Describe(position);

    public string Describe(int position) => "." + DisplayName(_fields[position]);

    /// <summary>The name that the user wrote: the property of an automatic property, the parameter of a primary constructor.</summary>
    public static string DisplayName(FieldInfo field)
    {
        string name = field.Name;
        int end = name.IndexOf('>');
        return name.StartsWith('<') && end > 1 ? name[1..end] : name;
    }

    private Codec CodecAt(int position) => _codecs[position] ??= Codec.For(_fields[position].FieldType);
}

/// <summary>An object of the application: made without its constructor, then every field.</summary>
internal sealed class GraphBody(Type type) : BodyCodec(type)
{
    private readonly FieldLayout _fields = FieldLayout.Of(type);

    public override void Write(TransferWriter writer, object value) => _fields.Write(writer, value);

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        object value = RuntimeHelpers.GetUninitializedObject(Type);
        reader.Made(objectIndex, value);
        _fields.Read(ref reader, value);
        return value;
    }

    public override string Describe(object? value, int position) => _fields.Describe(position);
}
