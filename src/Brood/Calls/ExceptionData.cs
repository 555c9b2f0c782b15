using System.Collections;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>The entries of <see cref="Exception.Data"/>: each as it is, or as its text.</summary>
internal static class ExceptionData
{
    private const byte Null = 0;
    private const byte Text = 1;
    private const byte Value = 2;

    /// <summary>With the note that says that there were more. Adding to <see cref="Exception.Data"/> looks at all that are there.</summary>
    private const int MaxEntries = ExceptionLimits.MaxDataEntries + 1;

    public static void Write(TransferWriter writer, Exception e, Func<Type, Codec> codecs)
    {
        List<(object? Key, object? Value)> entries = Collect(e);
        writer.WriteVarint((ulong)entries.Count);
        foreach ((object? key, object? value) in entries)
        {
            WritePart(writer, key, codecs);
            WritePart(writer, value, codecs);
        }
    }

    public static List<(object Key, object? Value)> Read(ref TransferReader reader, Func<Type, Codec> codecs)
    {
        int count = reader.ReadCount(2);
        if (count > MaxEntries)
        {
            throw new TransferException("The bytes are damaged: an exception has more data than cross.");
        }
        List<(object, object?)> entries = new(count);
        for (int index = 0; index < count; index++)
        {
            object? key = ReadPart(ref reader, codecs);
            object? value = ReadPart(ref reader, codecs);
            entries.Add((key ?? "(null)", value));
        }
        return entries;
    }

    public static void Fill(Exception e, List<(object Key, object? Value)> entries)
    {
        foreach ((object key, object? value) in entries)
        {
            try
            {
                e.Data[key] = value;
            }
            catch (Exception)
            {
                // A type may keep its data for itself; it crosses without them.
                return;
            }
        }
    }

    private static List<(object?, object?)> Collect(Exception e)
    {
        List<(object?, object?)> entries = [];
        try
        {
            IDictionary? data = e.Data;
            if (data is null)
            {
                return entries;
            }
            IDictionaryEnumerator all = data.GetEnumerator();
            while (all.MoveNext())
            {
                if (entries.Count == ExceptionLimits.MaxDataEntries)
                {
                    entries.Add(("Brood", $"cut here: of {data.Count} entries {ExceptionLimits.MaxDataEntries} cross"));
                    break;
                }
                entries.Add((all.Key, all.Value));
            }
        }
        catch (Exception thrown)
        {
            entries.Add(("Brood", $"{e.GetType()}.{nameof(Exception.Data)} threw {thrown.GetType()}"));
        }
        return entries;
    }

    private static void WritePart(TransferWriter writer, object? part, Func<Type, Codec> codecs)
    {
        if (part is null)
        {
            writer.WriteByte(Null);
            return;
        }
        if (part is not string)
        {
            TransferWriter attempt = TransferWriter.Rent();
            try
            {
                codecs(typeof(object)).WriteBoxed(attempt, part);
                if (attempt.Blocks.IsEmpty && attempt.Count <= ExceptionLimits.MaxTextChars)
                {
                    writer.WriteByte(Value);
                    writer.WriteVarint((ulong)attempt.Count);
                    writer.WriteBytes(attempt.Inline);
                    // The host may refuse to build the value.
                    ExceptionText.Write(writer, part.GetType().IsPrimitive ? null : ExceptionText.OfValue(part));
                    return;
                }
            }
            catch (Exception)
            {
                // Its text crosses instead.
            }
            finally
            {
                attempt.Return();
            }
        }
        writer.WriteByte(Text);
        ExceptionText.Write(writer, part as string ?? ExceptionText.OfValue(part));
    }

    private static object? ReadPart(ref TransferReader reader, Func<Type, Codec> codecs)
    {
        switch (reader.ReadByte())
        {
            case Null:
                return null;
            case Text:
                return ExceptionText.Read(ref reader);
            case Value:
                ReadOnlySpan<byte> bytes = reader.ReadBytes(reader.ReadCount());
                string? text = ExceptionText.Read(ref reader);
                TransferReader value = new(bytes, blocks: null, reader.Live, reader.Policy);
                try
                {
                    return codecs(typeof(object)).ReadBoxed(ref value);
                }
                catch (Exception)
                {
                    return text ?? "(a value that could not be read)";
                }
                finally
                {
                    reader.ChargeComparisons(value.Comparisons);
                }
            default:
                throw new TransferException("The bytes are damaged: an exception's data are of no known kind.");
        }
    }
}
