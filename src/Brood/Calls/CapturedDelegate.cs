using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>A function that travels as a value, with what it captured itself. From the host to a worker only.</summary>
internal static class CapturedDelegate
{
    /// <summary>Writes a function that is no captured variable: an argument, or part of one.</summary>
    /// <exception cref="TransferException">A worker cannot load the function, or what it captured cannot cross.</exception>
    public static void Write(TransferWriter writer, Delegate? function, Func<Type, Codec>? codecs = null) =>
        Write(writer, function, new ClosureWriting(codecs ?? Codec.For));

    public static Delegate? Read(ref TransferReader reader, Func<Type, Codec>? codecs = null) =>
        Read(ref reader, new ClosureReading(codecs ?? Codec.For));

    public static void Write(TransferWriter writer, Delegate? function, ClosureWriting graph)
    {
        if (function is null)
        {
            writer.WriteVarint(0);
            return;
        }
        Delegate[] parts = function.HasSingleTarget ? [function] : function.GetInvocationList();
        writer.WriteVarint((ulong)parts.Length);
        TypeIdentity.Write(writer, function.GetType());
        foreach (Delegate part in parts)
        {
            FunctionIdentity.Of(part.Method).Write(writer);
            CapturedVariables? variables = part.Target is { } target ? graph.VariablesOf(part.Method, target.GetType()) : null;
            writer.WriteByte(variables is null ? (byte)0 : (byte)1);
            if (variables is not null)
            {
                variables.WritePlan(writer);
                variables.Write(writer, part.Target!, graph);
            }
        }
    }

    public static Delegate? Read(ref TransferReader reader, ClosureReading graph)
    {
        int count = reader.ReadCount();
        if (count == 0)
        {
            return null;
        }
        Type type = TypeIdentity.Read(ref reader);
        Delegate[] parts = new Delegate[count];
        for (int index = 0; index < count; index++)
        {
            MethodInfo method = FunctionIdentity.Resolve(ref reader);
            object? target = reader.ReadByte() == 0
                ? CapturedVariables.TargetWithoutVariables(method)
                : CapturedVariables.ReadPlan(ref reader, graph.Codecs).Read(ref reader, graph);
            parts[index] = target is null ? method.CreateDelegate(type) : method.CreateDelegate(type, target);
        }
        return Delegate.Combine(parts);
    }
}
