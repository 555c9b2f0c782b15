using System.Globalization;
using System.Reflection;
using System.Text;

namespace Brood.Transfer;

/// <summary>A culture by its name. One that was changed is refused: a name would lose the change.</summary>
internal sealed class CultureBody() : ConvertedBody(typeof(CultureInfo))
{
    public static CultureInfo Find(string? name) =>
        CultureInfo.GetCultureInfo(name ?? throw TransferReader.Damaged("a culture has no name"));

    public override void Write(TransferWriter writer, object value)
    {
        var culture = (CultureInfo)value;
        if (!culture.IsReadOnly && IsChanged(culture))
        {
            throw writer.Refused(typeof(CultureInfo), new Refusal(
                "whose formats were changed, so that its name does not tell what it is", "Pass its name and change it there."));
        }
        writer.WriteByte(culture.IsReadOnly ? (byte)1 : (byte)0);
        writer.WriteByte(culture.UseUserOverride ? (byte)1 : (byte)0);
        writer.WriteText(culture.Name);
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        bool isReadOnly = reader.ReadByte() != 0;
        bool useUserOverride = reader.ReadByte() != 0;
        CultureInfo known = Find(reader.ReadText());
        if (isReadOnly && !useUserOverride)
        {
            return known;
        }
        var made = new CultureInfo(known.Name, useUserOverride);
        return isReadOnly ? CultureInfo.ReadOnly(made) : made;
    }

    private static bool IsChanged(CultureInfo culture)
    {
        var fresh = new CultureInfo(culture.Name, culture.UseUserOverride);
        return culture.Calendar.GetType() != fresh.Calendar.GetType()
            || Differ(culture.NumberFormat, fresh.NumberFormat)
            || Differ(culture.DateTimeFormat, fresh.DateTimeFormat);
    }

    private static bool Differ(object left, object right)
    {
        foreach (PropertyInfo property in left.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.PropertyType == typeof(Calendar) || property.Name == nameof(NumberFormatInfo.IsReadOnly))
            {
                continue;
            }
            object? a = property.GetValue(left);
            object? b = property.GetValue(right);
            bool areEqual = a is Array first && b is Array second
                ? first.Cast<object?>().SequenceEqual(second.Cast<object?>())
                : Equals(a, b);
            if (!areEqual)
            {
                return true;
            }
        }
        return false;
    }
}

/// <summary>A time zone by its id if the system knows the same one, else rule by rule.</summary>
internal sealed class TimeZoneBody() : ConvertedBody(typeof(TimeZoneInfo))
{
    private const byte Utc = 0, ById = 1, ByRules = 2;

    public override void Write(TransferWriter writer, object value)
    {
        var zone = (TimeZoneInfo)value;
        if (ReferenceEquals(zone, TimeZoneInfo.Utc))
        {
            writer.WriteByte(Utc);
        }
        else if (TimeZoneInfo.TryFindSystemTimeZoneById(zone.Id, out TimeZoneInfo? found) && found.Equals(zone)
            && found.DisplayName == zone.DisplayName)
        {
            writer.WriteByte(ById);
            writer.WriteText(zone.Id);
        }
        else
        {
            writer.WriteByte(ByRules);
            WriteString(writer, zone.ToSerializedString());
        }
    }

    public override object Read(ref TransferReader reader, int objectIndex) => reader.ReadByte() switch
    {
        Utc => TimeZoneInfo.Utc,
        ById => TimeZoneInfo.FindSystemTimeZoneById(CheckId(reader.ReadText())),
        ByRules => TimeZoneInfo.FromSerializedString(ReadRequired(ref reader)),
        _ => throw TransferReader.Damaged("a time zone has an unknown form"),
    };

    // On Unix an id is the name of a file: it must not lead out of the folder of time zones.
    private static string CheckId(string? id)
    {
        if (string.IsNullOrEmpty(id) || id[0] == '/' || id.Contains("..") || id.Contains('\\'))
        {
            throw TransferReader.Damaged("a time zone has no usable id");
        }
        return id;
    }
}

/// <summary>An encoding by code page, byte order mark and what it does with errors.</summary>
internal sealed class EncodingBody() : ConvertedBody(typeof(Encoding))
{
    public override void Write(TransferWriter writer, object value)
    {
        var encoding = (Encoding)value;
        int codePage = encoding.CodePage;
        byte form = Form(encoding);
        Encoding rebuilt = Build(form, codePage);
        if (rebuilt.GetType() != encoding.GetType() || !rebuilt.Equals(encoding))
        {
            throw writer.Refused(encoding.GetType(), new Refusal(
                "which has fallbacks of its own, so that its name does not tell what it is", "Pass its name and make it there."));
        }
        writer.WriteByte(form);
        writer.WriteUnmanaged(codePage);
    }

    public override object Read(ref TransferReader reader, int objectIndex)
    {
        byte form = reader.ReadByte();
        return Build(form, reader.ReadUnmanaged<int>());
    }

    // Bit 0: made by a constructor, not shared. Bit 1: writes a byte order mark. Bit 2: throws on errors.
    private static byte Form(Encoding encoding) => encoding.IsReadOnly && Encoding.GetEncoding(encoding.CodePage).Equals(encoding)
        && Encoding.GetEncoding(encoding.CodePage).GetType() == encoding.GetType()
            ? (byte)0
            : (byte)(1 | (encoding.Preamble.Length > 0 ? 2 : 0) | (encoding.DecoderFallback is DecoderExceptionFallback ? 4 : 0));

    private static Encoding Build(byte form, int codePage)
    {
        bool hasMark = (form & 2) != 0;
        bool throws = (form & 4) != 0;
        return (form & 1) == 0 ? Encoding.GetEncoding(codePage) : codePage switch
        {
            65001 => new UTF8Encoding(hasMark, throws),
            1200 => new UnicodeEncoding(false, hasMark, throws),
            1201 => new UnicodeEncoding(true, hasMark, throws),
            12000 => new UTF32Encoding(false, hasMark, throws),
            12001 => new UTF32Encoding(true, hasMark, throws),
            20127 => new ASCIIEncoding(),
            _ => Encoding.GetEncoding(codePage),
        };
    }
}
