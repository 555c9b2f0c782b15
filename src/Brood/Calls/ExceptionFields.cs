using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>The fields that an exception's own type adds to <see cref="Exception"/>.</summary>
internal static class ExceptionFields
{
    /// <summary>In the order of the declarations, the most derived type first. The same in both processes.</summary>
    public static FieldInfo[] Of(Type type)
    {
        List<FieldInfo> fields = [];
        for (Type? level = type; level is not null && level != typeof(Exception); level = level.BaseType)
        {
            // A token belongs to its process and so does a task; the children of an aggregate are written as exceptions.
            if (level == typeof(OperationCanceledException) || level == typeof(TaskCanceledException)
                || level == typeof(AggregateException))
            {
                continue;
            }
            FieldInfo[] declared = level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            Array.Sort(declared, static (a, b) => a.MetadataToken.CompareTo(b.MetadataToken));
            fields.AddRange(declared);
        }
        return [.. fields];
    }

    public static bool IsException(FieldInfo field) => typeof(Exception).IsAssignableFrom(field.FieldType);

    /// <returns>Why the fields cannot cross; null if they were written.</returns>
    public static string? TryWrite(TransferWriter writer, Exception e, FieldInfo[] fields, Func<Type, Codec> codecs)
    {
        foreach (FieldInfo field in fields)
        {
            if (IsException(field))
            {
                continue;
            }
            try
            {
                object? value = field.GetValue(e);
                writer.WriteByte(value is null ? (byte)0 : (byte)1);
                if (value is not null)
                {
                    WriteValue(writer, field, value, codecs);
                }
            }
            catch (Exception refused)
            {
                return $"its field '{CompilerNames.Variable(field.Name)}' cannot cross: {refused.Message}";
            }
        }
        return writer.Blocks.IsEmpty && writer.Count <= ExceptionLimits.MaxBytes ? null : "a field of it is too large";
    }

    public static void Read(ref TransferReader reader, Exception e, FieldInfo[] fields, Func<Type, Codec> codecs)
    {
        foreach (FieldInfo field in fields)
        {
            if (!IsException(field) && reader.ReadByte() != 0)
            {
                field.SetValue(e, ReadValue(ref reader, field.FieldType, codecs));
            }
        }
        if (reader.Remaining != 0)
        {
            throw new TransferException("The bytes are damaged: an exception has more fields than its type.");
        }
    }

    /// <remarks>Texts and bytes are written here, because codecs put large ones aside, and what is aside is not sent.</remarks>
    private static void WriteValue(TransferWriter writer, FieldInfo field, object value, Func<Type, Codec> codecs)
    {
        if (field.FieldType == typeof(string) && value is string { Length: <= ExceptionLimits.MaxTextChars } text)
        {
            ExceptionText.Write(writer, text);
            return;
        }
        if (field.FieldType == typeof(byte[]) && value is byte[] { Length: <= ExceptionLimits.MaxTextChars } bytes)
        {
            writer.WriteVarint((ulong)bytes.Length);
            writer.WriteBytes(bytes);
            return;
        }
        if (field.FieldType == typeof(string) || field.FieldType == typeof(byte[]))
        {
            throw new TransferException("It is too large.");
        }
        Codec codec = codecs(field.FieldType);
        if (field.DeclaringType != typeof(ArgumentOutOfRangeException))
        {
            codec.WriteBoxed(writer, value);
            return;
        }
        // The actual value may be anything. Its text is what the message shows of it, so that is kept at least.
        TransferWriter attempt = TransferWriter.Rent();
        try
        {
            codec.WriteBoxed(attempt, value);
            if (attempt.Blocks.IsEmpty)
            {
                writer.WriteBytes(attempt.Inline);
                return;
            }
        }
        catch (Exception)
        {
            attempt.Clear();
        }
        finally
        {
            attempt.Return();
        }
        codec.WriteBoxed(writer, ExceptionText.OfValue(value));
    }

    private static object? ReadValue(ref TransferReader reader, Type type, Func<Type, Codec> codecs)
    {
        if (type == typeof(string))
        {
            return ExceptionText.Read(ref reader);
        }
        return type == typeof(byte[])
            ? reader.ReadBytes(reader.ReadCount()).ToArray()
            : codecs(type).ReadBoxed(ref reader);
    }
}
