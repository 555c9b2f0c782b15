using System.CodeDom.Compiler;
using System.Collections;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Brood.Transfer;

/// <summary>A framework object that is fully described by a few plain values.</summary>
internal abstract class ConvertedBody(Type known) : BodyCodec(known)
{
    public sealed override bool IsMadeLate => true;

    public sealed override string Describe(object? value, int position) => "";

    protected static string ReadRequired(ref TransferReader reader) =>
        Codec<string?>.Declared.Read(ref reader) ?? throw TransferReader.Damaged("a text is missing");

    protected static void WriteString(TransferWriter writer, string value) => Codec<string?>.Declared.Write(writer, value);
}

internal sealed class UriBody() : ConvertedBody(typeof(Uri))
{
    public override void Write(TransferWriter writer, object value)
    {
        var uri = (Uri)value;
        writer.WriteByte((byte)(uri.IsAbsoluteUri ? UriKind.Absolute : UriKind.Relative));
        WriteString(writer, uri.OriginalString);
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        var kind = (UriKind)reader.ReadByte();
        return new Uri(ReadRequired(ref reader), kind);
    }
}

internal sealed class VersionBody() : ConvertedBody(typeof(Version))
{
    public override void Write(TransferWriter writer, object value)
    {
        var version = (Version)value;
        writer.WriteUnmanaged(version.Major);
        writer.WriteUnmanaged(version.Minor);
        writer.WriteUnmanaged(version.Build);
        writer.WriteUnmanaged(version.Revision);
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        int major = reader.ReadUnmanaged<int>();
        int minor = reader.ReadUnmanaged<int>();
        int build = reader.ReadUnmanaged<int>();
        int revision = reader.ReadUnmanaged<int>();
        return build == -1 ? new Version(major, minor)
            : revision == -1 ? new Version(major, minor, build)
            : new Version(major, minor, build, revision);
    }
}

internal sealed class RegexBody() : ConvertedBody(typeof(Regex))
{
    public override void Write(TransferWriter writer, object value)
    {
        var regex = (Regex)value;
        WriteString(writer, regex.ToString());
        writer.WriteUnmanaged((int)regex.Options);
        writer.WriteUnmanaged(regex.MatchTimeout);
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        string pattern = ReadRequired(ref reader);
        var options = (RegexOptions)reader.ReadUnmanaged<int>();
        return new Regex(pattern, options, reader.ReadUnmanaged<TimeSpan>());
    }
}

/// <summary>What the compiler makes of <see cref="GeneratedRegexAttribute"/>: a class for each, of which there is one object in each process.</summary>
internal static class GeneratedRegex
{
    /// <returns>Null if it is another class that derives from <see cref="Regex"/>.</returns>
    public static BodyCodec? Find(Type type) =>
        type.BaseType == typeof(Regex)
        && type.GetCustomAttribute<GeneratedCodeAttribute>()?.Tool == "System.Text.RegularExpressions.Generator"
        && type.GetField("Instance", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is { IsInitOnly: true } field
        && field.FieldType == type
            ? new SingletonBody(type, field.GetValue(null)!)
            : null;
}

internal sealed class StringBuilderBody() : ConvertedBody(typeof(StringBuilder))
{
    public override void Write(TransferWriter writer, object value)
    {
        var builder = (StringBuilder)value;
        writer.WriteUnmanaged(builder.MaxCapacity);
        WriteString(writer, builder.ToString());
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        int maxCapacity = reader.ReadUnmanaged<int>();
        string text = ReadRequired(ref reader);
        return new StringBuilder(Math.Min(Math.Max(text.Length, 16), maxCapacity), maxCapacity).Append(text);
    }
}

internal sealed class BitArrayBody() : ConvertedBody(typeof(BitArray))
{
    public override void Write(TransferWriter writer, object value)
    {
        var bits = (BitArray)value;
        var bytes = new byte[(bits.Length + 7L) / 8];
        bits.CopyTo(bytes, 0);
        writer.WriteUnmanaged(bits.Length);
        RawElements.Write(writer, bytes, 0, bytes.Length);
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        int length = reader.ReadUnmanaged<int>();
        byte[] bytes = RawElements.Read<byte>(ref reader);
        return bytes.LongLength == (length + 7L) / 8
            ? new BitArray(bytes) { Length = length }
            : throw TransferReader.Damaged("a bit array has another length than its bytes");
    }
}

internal sealed class AddressBody() : ConvertedBody(typeof(IPAddress))
{
    // These are of a hidden class that cannot be changed; they arrive as themselves.
    private static readonly IPAddress[] s_constants =
    [
        IPAddress.Any, IPAddress.Loopback, IPAddress.Broadcast, IPAddress.None,
        IPAddress.IPv6Any, IPAddress.IPv6Loopback, IPAddress.IPv6None,
    ];

    public override void Write(TransferWriter writer, object value)
    {
        int constant = Array.FindIndex(s_constants, known => ReferenceEquals(known, value));
        writer.WriteByte((byte)(constant + 1));
        if (constant >= 0)
        {
            return;
        }
        var address = (IPAddress)value;
        byte[] bytes = address.GetAddressBytes();
        writer.WriteByte((byte)bytes.Length);
        writer.WriteBytes(bytes);
        if (bytes.Length == 16)
        {
            writer.WriteUnmanaged(address.ScopeId);
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        byte constant = reader.ReadByte();
        if (constant > 0)
        {
            return s_constants[constant - 1];
        }
        byte length = reader.ReadByte();
        ReadOnlySpan<byte> bytes = reader.ReadBytes(length);
        return length == 16 ? new IPAddress(bytes, reader.ReadUnmanaged<long>()) : new IPAddress(bytes);
    }
}

internal sealed class EndPointBody() : ConvertedBody(typeof(IPEndPoint))
{
    public override void Write(TransferWriter writer, object value)
    {
        var endPoint = (IPEndPoint)value;
        References.Write(writer, endPoint.Address, typeof(IPAddress));
        writer.WriteUnmanaged(endPoint.Port);
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        var address = (IPAddress)References.ReadPart(ref reader, typeof(IPAddress))!;
        return new IPEndPoint(address, reader.ReadUnmanaged<int>());
    }
}

/// <summary>A path, not what is there: neither side looks.</summary>
internal sealed class FileSystemInfoBody(Type type) : ConvertedBody(type)
{
    // ToString() gives what the constructor got, which a relative path in another directory would not reproduce.
    private static readonly FieldInfo s_originalPath =
        typeof(FileSystemInfo).GetField("OriginalPath", BindingFlags.Instance | BindingFlags.NonPublic)!;

    public override void Write(TransferWriter writer, object value)
    {
        var info = (FileSystemInfo)value;
        WriteString(writer, info.FullName);
        WriteString(writer, info.ToString());
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        string path = ReadRequired(ref reader);
        FileSystemInfo info = Type == typeof(FileInfo) ? new FileInfo(path) : new DirectoryInfo(path);
        s_originalPath.SetValue(info, ReadRequired(ref reader));
        return info;
    }
}
