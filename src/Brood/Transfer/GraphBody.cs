using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>An object of the application: made without its constructor, then every field.</summary>
/// <remarks>
/// Fields that lead to objects of the same family (the next node, the parent, the left child) do not nest: the linked
/// object's contents follow after this object's, so that a list of a million nodes needs no more stack than one node.
/// </remarks>
internal sealed class GraphBody : BodyCodec
{
    private readonly FieldLayout _fields;
    private readonly bool _hasLinks;

    public GraphBody(Type type) : base(type)
    {
        _fields = FieldLayout.Of(type);
        _hasLinks = _fields.HasLinksTo(type);
    }

    public override void Write(TransferWriter writer, object value)
    {
        if (!_hasLinks)
        {
            _fields.Write(writer, value);
            return;
        }
        List<Link> links = [];
        _fields.WriteLinked(writer, value, Type, links);
        for (int i = 0; i < links.Count; i++)
        {
            Link link = links[i];
            writer.Enter(link.Body, link.Value);
            link.Body.WriteContents(writer, link.Value, links);
            writer.Leave();
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        object value = MakeBare();
        reader.Made(objectIndex, value);
        if (!_hasLinks)
        {
            _fields.Read(ref reader, value);
            return value;
        }
        List<Link> links = [];
        _fields.ReadLinked(ref reader, value, Type, links);
        for (int i = 0; i < links.Count; i++)
        {
            Link link = links[i];
            link.Body.ReadContents(ref reader, link.Value, links);
        }
        return value;
    }

    /// <summary>An object without its contents. No constructor runs.</summary>
    public object MakeBare() => RuntimeHelpers.GetUninitializedObject(Type);

    public override string Describe(object? value, int position) => _fields.Describe(position);

    private void WriteContents(TransferWriter writer, object value, List<Link> links) =>
        _fields.WriteLinked(writer, value, Type, links);

    private void ReadContents(ref TransferReader reader, object value, List<Link> links) =>
        _fields.ReadLinked(ref reader, value, Type, links);
}

/// <summary>An object that was referred to and whose contents come later.</summary>
internal readonly record struct Link(GraphBody Body, object Value);
