using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>One exception and all that hang on it, as they are read and built.</summary>
/// <param name="where">The process that it comes from: <c>in worker 4127</c>.</param>
internal sealed class ExceptionReading(string? where, Func<Type, Codec> codecs)
{
    private readonly List<Exception> _finished = [];
    private int _depth;

    public Exception? Read(ref TransferReader reader)
    {
        switch ((ExceptionNode)reader.ReadByte())
        {
            case ExceptionNode.None:
                return null;
            case ExceptionNode.Again:
                ulong index = reader.ReadVarint();
                return index < (ulong)_finished.Count ? _finished[(int)index] : throw Damaged();
            case ExceptionNode.Cut:
                string typeName = ExceptionText.Read(ref reader) ?? "";
                return new RemoteException(typeName, ExceptionText.Read(ref reader) ?? "", remoteStackTrace: null, inner: null);
            case ExceptionNode.Whole:
                if (++_depth > ExceptionLimits.MaxDepth || _finished.Count >= ExceptionLimits.MaxExceptions)
                {
                    throw Damaged();
                }
                Exception e = ReadWhole(ref reader);
                _depth--;
                _finished.Add(e);
                return e;
            default:
                throw Damaged();
        }
    }

    private static TransferException Damaged() => new("The bytes are damaged: an exception makes no sense.");

    private Exception ReadWhole(ref TransferReader reader)
    {
        Type? type = ExceptionTypes.ReadException(ref reader);
        Parts parts = new()
        {
            TypeName = ExceptionText.Read(ref reader) ?? "",
            Shown = ExceptionText.Read(ref reader) ?? "",
        };
        parts.Own = reader.ReadByte() == 0 ? parts.Shown : ExceptionText.Read(ref reader);
        parts.Stack = ExceptionText.Read(ref reader);
        parts.Source = ExceptionText.Read(ref reader);
        parts.HelpLink = ExceptionText.Read(ref reader);
        parts.HResult = reader.ReadUnmanaged<int>();
        parts.Data = ExceptionData.Read(ref reader, codecs);
        int children = reader.ReadCount() - 1;
        parts.Children = children < 0 ? null : ReadAll(ref reader, children);
        parts.Inner = Read(ref reader);
        parts.FieldValues = ReadAll(ref reader, reader.ReadCount());
        string? whyNot = ExceptionText.Read(ref reader);
        ReadOnlySpan<byte> fields = whyNot is null ? reader.ReadBytes(reader.ReadCount()) : default;
        if (type is null)
        {
            whyNot ??= "its type is not among those that this process may build";
        }
        Exception? built = null;
        if (whyNot is null)
        {
            TransferReader fieldReader = new(fields, blocks: null, reader.Live, reader.Policy);
            built = TryBuild(type!, parts, ref fieldReader, out whyNot);
            reader.ChargeComparisons(fieldReader.Comparisons);
        }
        return Finish(built ?? Stand(parts, whyNot), parts);
    }

    private Exception?[] ReadAll(ref TransferReader reader, int count)
    {
        Exception?[] all = new Exception?[count];
        for (int index = 0; index < count; index++)
        {
            all[index] = Read(ref reader);
        }
        return all;
    }

    private Exception? TryBuild(Type type, Parts parts, ref TransferReader reader, out string? whyNot)
    {
        try
        {
            Exception e = (Exception)RuntimeHelpers.GetUninitializedObject(type);
            ExceptionInternals.Message(e) = parts.Own;
            ExceptionInternals.InnerException(e) = parts.Inner;
            ExceptionInternals.Source(e) = parts.Source;
            ExceptionInternals.HelpLink(e) = parts.HelpLink;
            e.HResult = parts.HResult;
            if (e is AggregateException aggregate)
            {
                ExceptionInternals.InnerExceptions(aggregate) = Children(parts);
            }
            FieldInfo[] fields = ExceptionFields.Of(type);
            SetExceptionFields(e, fields, parts.FieldValues);
            ExceptionFields.Read(ref reader, e, fields, codecs);
            // An exception that cannot be shown is of no use to anyone.
            _ = e.Message;
            whyNot = null;
            return e;
        }
        catch (Exception refused)
        {
            whyNot = refused.Message;
            return null;
        }
    }

    private static Exception[] Children(Parts parts)
    {
        List<Exception> children = [];
        foreach (Exception? child in parts.Children ?? [])
        {
            if (child is not null)
            {
                children.Add(child);
            }
        }
        return [.. children];
    }

    private static void SetExceptionFields(Exception e, FieldInfo[] fields, Exception?[] values)
    {
        int next = 0;
        foreach (FieldInfo field in fields)
        {
            if (ExceptionFields.IsException(field))
            {
                field.SetValue(e, values[next++]);
            }
        }
        if (next != values.Length)
        {
            throw Damaged();
        }
    }

    /// <summary>The exception that stands for one that cannot be built.</summary>
    private static RemoteException Stand(Parts parts, string? whyNot)
    {
        Exception[] children = Children(parts);
        Exception? inner = children.Length > 1 ? new AggregateException(children) : parts.Inner;
        RemoteException stand = new(parts.TypeName, parts.Shown, parts.Stack, inner)
        {
            HelpLink = parts.HelpLink,
            Source = parts.Source,
        };
        stand.Data["Brood"] = $"{parts.TypeName} could not be rebuilt: {whyNot}";
        return stand;
    }

    private Exception Finish(Exception e, Parts parts)
    {
        ExceptionData.Fill(e, parts.Data);
        if (parts.Stack is { } stack)
        {
            try
            {
                ExceptionDispatchInfo.SetRemoteStackTrace(
                    e, where is null ? stack : $"{stack}{Environment.NewLine}   --- {where} (end of remote stack) ---");
            }
            catch (InvalidOperationException)
            {
                // It was thrown while it was asked for its message; then the trace of that is what it shows.
            }
        }
        return e;
    }

    /// <summary>What every exception consists of.</summary>
    private sealed class Parts
    {
        public required string TypeName { get; init; }

        public required string Shown { get; init; }

        public string? Own { get; set; }

        public string? Stack { get; set; }

        public string? Source { get; set; }

        public string? HelpLink { get; set; }

        public int HResult { get; set; }

        public List<(object Key, object? Value)> Data { get; set; } = [];

        public Exception?[]? Children { get; set; }

        public Exception? Inner { get; set; }

        public Exception?[] FieldValues { get; set; } = [];
    }
}
