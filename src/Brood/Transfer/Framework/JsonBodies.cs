using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Brood.Transfer;

/// <summary>JSON travels as its text, at most as deep as values may nest.</summary>
internal static class JsonText
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = TransferLimits.MaxDepth };

    public static void Write(TransferWriter writer, Type type, Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>();
        try
        {
            using var json = new Utf8JsonWriter(text, new JsonWriterOptions { MaxDepth = TransferLimits.MaxDepth });
            write(json);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or ObjectDisposedException or JsonException)
        {
            throw writer.Refused(type, new Refusal($"which cannot be written as text ({e.Message.TrimEnd('.')})", "Pass its text."));
        }
        RawElements.Write(writer, text.WrittenSpan);
    }

    public static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonDocument.Parse(text, s_options);
        }
        catch (JsonException e)
        {
            throw TransferReader.Damaged("a JSON text cannot be parsed", e);
        }
    }
}

internal sealed class JsonElementCodec : Codec<JsonElement>
{
    public override void Write(TransferWriter writer, JsonElement value)
    {
        bool isDefined = value.ValueKind != JsonValueKind.Undefined;
        writer.WriteByte(isDefined ? (byte)1 : (byte)0);
        if (isDefined)
        {
            JsonText.Write(writer, typeof(JsonElement), value.WriteTo);
        }
    }

    public override JsonElement Read(ref TransferReader reader)
    {
        if (reader.ReadByte() == 0)
        {
            return default;
        }
        using JsonDocument document = JsonText.Parse(RawElements.Read<byte>(ref reader));
        return document.RootElement.Clone();
    }
}

internal sealed class JsonDocumentBody() : ConvertedBody(typeof(JsonDocument))
{
    public override void Write(TransferWriter writer, object value) =>
        JsonText.Write(writer, typeof(JsonDocument), ((JsonDocument)value).WriteTo);

    public override object Read(ref TransferReader reader, int objectIndex) => JsonText.Parse(RawElements.Read<byte>(ref reader));
}

/// <summary>A node with all that is below it. What is above it does not travel, so an inner node is refused.</summary>
internal sealed class JsonNodeBody() : ConvertedBody(typeof(JsonNode))
{
    public override void Write(TransferWriter writer, object value)
    {
        var node = (JsonNode)value;
        if (node.Parent is not null)
        {
            throw writer.Refused(value.GetType(), new Refusal("a part of a larger document", "Pass its root, or DeepClone() it."));
        }
        writer.WriteByte(node.Options is { PropertyNameCaseInsensitive: true } ? (byte)1 : (byte)0);
        JsonText.Write(writer, value.GetType(), json => node.WriteTo(json));
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        var options = new JsonNodeOptions { PropertyNameCaseInsensitive = reader.ReadByte() != 0 };
        byte[] text = RawElements.Read<byte>(ref reader);
        return JsonNode.Parse(text, options, new JsonDocumentOptions { MaxDepth = TransferLimits.MaxDepth })
            ?? throw TransferReader.Damaged("a JSON node is null");
    }
}
