using System.Reflection;
using System.Runtime.CompilerServices;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Which fields of one closure class are sent, in which order. The worker reads it and never scans code.</summary>
internal sealed class ClosurePlan
{
    private readonly Type _type;
    private readonly CapturedField[] _fields;

    private ClosurePlan(Type type, CapturedField[] fields)
    {
        _type = type;
        _fields = fields;
        MayMeetTwice = !AddTypes([]);
    }

    public bool IsEmpty => _fields.Length == 0;

    /// <summary>Whether one closure can be met twice: through a captured function, or on two ways through the scopes.</summary>
    public bool MayMeetTwice { get; }

    public static ClosurePlan Of(ClosureScan scan, Type type, Func<Type, Codec> codecs)
    {
        FieldInfo[] all = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        List<CapturedField> read = [];
        foreach (FieldInfo field in all)
        {
            if (!scan.Reads(field) || CompilerNames.IsDelegateCache(field.Name))
            {
                continue;
            }
            bool isLink = !field.FieldType.IsValueType && CompilerNames.IsClosure(field.FieldType);
            read.Add(new CapturedField(field, isLink ? Of(scan, field.FieldType, codecs) : null, codecs));
        }
        return new ClosurePlan(type, [.. read]);
    }

    public void AddNames(List<string> names)
    {
        foreach (CapturedField field in _fields)
        {
            if (field.Link is { } link)
            {
                link.AddNames(names);
            }
            else
            {
                names.Add(field.Name);
            }
        }
    }

    /// <summary>Writes the plan itself: once for a function, not for each call.</summary>
    public void WriteShape(TransferWriter writer)
    {
        TypeIdentity.Write(writer, _type);
        writer.WriteVarint((ulong)_fields.Length);
        foreach (CapturedField field in _fields)
        {
            writer.WriteUnmanaged(field.Field.MetadataToken);
            writer.WriteByte((byte)field.Kind);
            field.Link?.WriteShape(writer);
        }
    }

    public static ClosurePlan ReadShape(ref TransferReader reader, Func<Type, Codec> codecs)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Type type = TypeIdentity.Read(ref reader);
        CapturedField[] fields = new CapturedField[reader.ReadCount(sizeof(int))];
        for (int index = 0; index < fields.Length; index++)
        {
            FieldInfo field = type.Module.ResolveField(reader.ReadUnmanaged<int>())!;
            if (type.IsGenericType)
            {
                field = (FieldInfo)type.GetMemberWithSameMetadataDefinitionAs(field);
            }
            CapturedFieldKind kind = (CapturedFieldKind)reader.ReadByte();
            ClosurePlan? link = kind == CapturedFieldKind.Link ? ReadShape(ref reader, codecs) : null;
            fields[index] = new CapturedField(field, link, codecs);
        }
        return new ClosurePlan(type, fields);
    }

    /// <param name="graph">Which closures were sent already; null if none can be met twice.</param>
    public void WriteFields(TransferWriter writer, object closure, ClosureWriting? graph)
    {
        foreach (CapturedField field in _fields)
        {
            field.Write(writer, closure, graph);
        }
    }

    /// <returns>Whether each closure class is met once only.</returns>
    private bool AddTypes(List<Type> types)
    {
        if (types.Contains(_type))
        {
            return false;
        }
        types.Add(_type);
        foreach (CapturedField field in _fields)
        {
            if (field.Kind == CapturedFieldKind.Delegate || field.Link?.AddTypes(types) == false)
            {
                return false;
            }
        }
        return true;
    }

    public object Create() => RuntimeHelpers.GetUninitializedObject(_type);

    public void ReadFields(ref TransferReader reader, object closure, ClosureReading? graph)
    {
        foreach (CapturedField field in _fields)
        {
            field.Read(ref reader, closure, graph);
        }
    }
}
