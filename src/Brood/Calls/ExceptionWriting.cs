using System.Reflection;
using System.Runtime.CompilerServices;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>What one exception, or one inside it, is written as.</summary>
internal enum ExceptionNode : byte
{
    None,

    /// <summary>One that was written before; its number follows.</summary>
    Again,

    /// <summary>Nothing further is sent; a note says why.</summary>
    Cut,

    Whole,
}

/// <summary>One exception and all that hang on it, as they are written.</summary>
internal sealed class ExceptionWriting(TransferWriter writer, Func<Type, Codec> codecs)
{
    // In the order in which they were finished, which is the order in which the reader can number them.
    private readonly List<Exception> _finished = [];
    private readonly List<Exception> _open = [];

    public void Write(Exception? e)
    {
        if (e is null)
        {
            writer.WriteByte((byte)ExceptionNode.None);
        }
        else if (_finished.FindIndex(known => ReferenceEquals(known, e)) is >= 0 and int index)
        {
            writer.WriteByte((byte)ExceptionNode.Again);
            writer.WriteVarint((ulong)index);
        }
        else if (WhyCut(e) is { } reason)
        {
            WriteCut(writer, e.GetType(), reason);
        }
        else
        {
            _open.Add(e);
            WriteWhole(e);
            _open.RemoveAt(_open.Count - 1);
            _finished.Add(e);
        }
    }

    public static void WriteCut(TransferWriter writer, Type type, string note)
    {
        writer.WriteByte((byte)ExceptionNode.Cut);
        ExceptionText.Write(writer, type.ToString());
        ExceptionText.Write(writer, note);
    }

    private string? WhyCut(Exception e)
    {
        if (_open.FindIndex(known => ReferenceEquals(known, e)) >= 0)
        {
            return "(cut here: the inner exceptions lead back to this one)";
        }
        if (_open.Count >= ExceptionLimits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return $"(cut here: inner exceptions cross down to {ExceptionLimits.MaxDepth} levels)";
        }
        if (_finished.Count + _open.Count >= ExceptionLimits.MaxExceptions || writer.Count > ExceptionLimits.MaxBytes)
        {
            return $"(cut here: at most {ExceptionLimits.MaxExceptions} exceptions in {ExceptionLimits.MaxBytes:N0} bytes cross)";
        }
        return null;
    }

    private void WriteWhole(Exception e)
    {
        Type type = e.GetType();
        string? shown = ExceptionText.Ask(e, nameof(e.Message), static e => e.Message, out bool hasNoMessage);
        writer.WriteByte((byte)ExceptionNode.Whole);
        ExceptionTypes.Write(writer, type);
        ExceptionText.Write(writer, type.ToString());
        ExceptionText.Write(writer, shown);
        WriteOwnMessage(e, shown);
        ExceptionText.Write(writer, ExceptionText.Ask(e, nameof(e.StackTrace), static e => e.StackTrace, out _));
        ExceptionText.Write(writer, ExceptionText.Ask(e, nameof(e.Source), static e => e.Source, out _));
        ExceptionText.Write(writer, ExceptionText.Ask(e, nameof(e.HelpLink), static e => e.HelpLink, out _));
        writer.WriteUnmanaged(e.HResult);
        ExceptionData.Write(writer, e, codecs);
        WriteChildren(e);
        Write(e.InnerException);
        FieldInfo[] fields = ExceptionFields.Of(type);
        WriteExceptionFields(e, fields);
        WriteFields(e, fields, hasNoMessage ? $"its {nameof(e.Message)} throws" : null);
    }

    /// <summary>What the constructor was given, where it is not what <see cref="Exception.Message"/> shows.</summary>
    private void WriteOwnMessage(Exception e, string? shown)
    {
        string? own;
        try
        {
            own = ExceptionInternals.Message(e);
        }
        catch (MissingFieldException)
        {
            own = shown;
        }
        bool differs = !string.Equals(own, shown, StringComparison.Ordinal);
        writer.WriteByte(differs ? (byte)1 : (byte)0);
        if (differs)
        {
            ExceptionText.Write(writer, own);
        }
    }

    private void WriteChildren(Exception e)
    {
        if (e is not AggregateException aggregate)
        {
            writer.WriteVarint(0);
            return;
        }
        int count = aggregate.InnerExceptions.Count;
        int sent = Math.Min(count, ExceptionLimits.MaxExceptions);
        writer.WriteVarint((ulong)sent + 1);
        for (int index = 0; index < sent; index++)
        {
            Write(aggregate.InnerExceptions[index]);
        }
    }

    private void WriteExceptionFields(Exception e, FieldInfo[] fields)
    {
        int count = 0;
        foreach (FieldInfo field in fields)
        {
            count += ExceptionFields.IsException(field) ? 1 : 0;
        }
        writer.WriteVarint((ulong)count);
        foreach (FieldInfo field in fields)
        {
            if (ExceptionFields.IsException(field))
            {
                Write((Exception?)field.GetValue(e));
            }
        }
    }

    /// <summary>Either all fields or the reason why not: half of an exception is none.</summary>
    private void WriteFields(Exception e, FieldInfo[] fields, string? whyNot)
    {
        TransferWriter attempt = TransferWriter.Rent();
        try
        {
            whyNot ??= ExceptionFields.TryWrite(attempt, e, fields, codecs);
            ExceptionText.Write(writer, whyNot);
            if (whyNot is null)
            {
                writer.WriteVarint((ulong)attempt.Count);
                writer.WriteBytes(attempt.Inline);
            }
        }
        finally
        {
            attempt.Return();
        }
    }
}
