using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>All instance fields of a type, those of its base types first, whoever may see them.</summary>
internal sealed class FieldLayout : IPathPart
{
    private readonly FieldInfo[] _fields;

    // Filled at first use: a type may contain itself.
    private readonly Codec?[] _codecs;
    private readonly Type _owner;

    // Counted without care: an increment lost to another thread only delays the compilation.
    private int _writes;
    private int _reads;
    private int _minBytes; // 0: not known yet.
    private FieldWriter? _writer;
    private FieldReader? _reader;

    private FieldLayout(Type owner, FieldInfo[] fields)
    {
        _owner = owner;
        _fields = fields;
        _codecs = new Codec?[fields.Length];
    }

    /// <summary>Whether a field leads to another object of the same family, as in lists and trees of nodes.</summary>
    public bool HasLinksTo(Type type)
    {
        foreach (FieldInfo field in _fields)
        {
            if (IsLink(field, type))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The fewest bytes that all fields take.</summary>
    public int MinBytes => _minBytes > 0 ? _minBytes : _minBytes = Enumerable.Range(0, _fields.Length).Sum(position => CodecAt(position).MinBytes);

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
        return new FieldLayout(type, [.. fields]);
    }

    public void Write(TransferWriter writer, object value)
    {
        if (_writer is { } compiled)
        {
            compiled(writer, value);
            return;
        }
        if (++_writes == TransferLimits.UsesBeforeCompiling && CanCompile())
        {
            _writer = EmittedFields.MakeWriter(_owner, _fields);
        }
        for (int i = 0; i < _fields.Length; i++)
        {
            writer.At(i);
            CodecAt(i).WriteBoxed(writer, _fields[i].GetValue(value));
        }
    }

    public void Read(ref TransferReader reader, object target)
    {
        if (_reader is { } compiled)
        {
            compiled(ref reader, target);
            return;
        }
        if (++_reads == TransferLimits.UsesBeforeCompiling && CanCompile())
        {
            _reader = EmittedFields.MakeReader(_owner, _fields);
        }
        for (int i = 0; i < _fields.Length; i++)
        {
            _fields[i].SetValue(target, CodecAt(i).ReadBoxed(ref reader));
        }
    }

    /// <summary>As <see cref="Write(TransferWriter, object)"/>, but the contents of linked objects wait in <paramref name="links"/>.</summary>
    public void WriteLinked(TransferWriter writer, object value, Type owner, List<Link> links)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            writer.At(i);
            if (IsLink(_fields[i], owner))
            {
                References.WriteLink(writer, _fields[i].GetValue(value), _fields[i].FieldType, links);
            }
            else
            {
                CodecAt(i).WriteBoxed(writer, _fields[i].GetValue(value));
            }
        }
    }

    public void ReadLinked(ref TransferReader reader, object target, Type owner, List<Link> links)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            _fields[i].SetValue(target, IsLink(_fields[i], owner)
                ? References.ReadLink(ref reader, _fields[i].FieldType, links)
                : CodecAt(i).ReadBoxed(ref reader));
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

    private bool CanCompile()
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled || _owner.IsCollectible)
        {
            return false;
        }
        foreach (FieldInfo field in _fields)
        {
            if (HoldsAddress(field.FieldType))
            {
                return false;
            }
        }
        return true;
    }

    private static bool HoldsAddress(Type type) => type.IsPointer || type.IsFunctionPointer || type.IsByRefLike;

    private static bool IsLink(FieldInfo field, Type owner) =>
        field.FieldType.IsClass && field.FieldType != typeof(object) && field.FieldType.IsAssignableFrom(owner);

    private Codec CodecAt(int position) => _codecs[position] ??= CodecOf(_fields[position].FieldType);

    private static Codec CodecOf(Type type) => HoldsAddress(type) ? new PointerCodec(type) : Codec.For(type);

    /// <summary>A field that can only hold an address.</summary>
    private sealed class PointerCodec(Type type) : Codec
    {
        public override Type DeclaredType => type;

        public override void WriteBoxed(TransferWriter writer, object? value) => throw writer.Refused(type, RawTypes.Pointer(type));

        public override object? ReadBoxed(ref TransferReader reader) => throw TransferReader.Damaged("an address cannot cross");
    }
}
