using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>What travels with a function: the variables that a lambda reads, or the whole instance of a method.</summary>
/// <remarks>
/// The host finds out what to send, once for a function, and writes it as a plan; each call then carries values only.
/// The worker builds the closure anew, without running code of it.
/// </remarks>
internal sealed class CapturedVariables
{
    /// <summary>How deep functions that capture functions may nest.</summary>
    public const int MaxDepth = 64;

    private static readonly Func<Type, Codec> s_codecs = Codec.For;

    private readonly ClosurePlan? _closure;
    private readonly WholeTarget? _whole;
    private readonly Func<Type, Codec> _codecs;

    private CapturedVariables(ClosurePlan? closure, WholeTarget? whole, Func<Type, Codec> codecs)
    {
        _closure = closure;
        _whole = whole;
        _codecs = codecs;
        List<string> names = [];
        closure?.AddNames(names);
        Names = whole is null ? names : [whole.Place];
    }

    /// <summary>The variables' names as they stand in the source, in the order in which they are sent.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <returns>Null if there is nothing to send.</returns>
    /// <exception cref="ArgumentException">The delegate calls more than one function.</exception>
    public static CapturedVariables? Of(Delegate function, Func<Type, Codec>? codecs = null)
    {
        if (!function.HasSingleTarget)
        {
            throw new ArgumentException("This delegate calls several functions. Call one function at a time.", nameof(function));
        }
        return function.Target is { } target ? Of(function.Method, target.GetType(), codecs) : null;
    }

    /// <returns>Null if there is nothing to send. Cheap after the first time.</returns>
    /// <param name="targetType">The type of <see cref="Delegate.Target"/>.</param>
    public static CapturedVariables? Of(MethodInfo method, Type targetType, Func<Type, Codec>? codecs = null)
    {
        // A closure has its methods to itself; a DynamicMethod has no handle, and it is refused before it gets here.
        if (method.IsCollectible || targetType.IsCollectible || codecs is not null)
        {
            return Find(method, targetType, codecs ?? s_codecs);
        }
        Key key = new(method.MethodHandle, targetType);
        if (!Known.Table.TryGetValue(key, out CapturedVariables? known))
        {
            known = Known.Table.GetOrAdd(key, Find(method, targetType, s_codecs));
        }
        return known;
    }

    /// <summary>The worker's target for a function that came without variables; null if it needs none.</summary>
    public static object? TargetWithoutVariables(MethodInfo method) =>
        !method.IsStatic && method.DeclaringType is { } type && CompilerNames.IsClosure(type)
            ? RuntimeHelpers.GetUninitializedObject(type)
            : null;

    /// <summary>Writes what <see cref="ReadPlan"/> needs to understand the values. Once for a function and worker.</summary>
    public void WritePlan(TransferWriter writer)
    {
        writer.WriteByte(_closure is null ? (byte)0 : (byte)1);
        _closure?.WriteShape(writer);
        _whole?.WriteShape(writer);
    }

    /// <exception cref="TransferException">The worker has no such types.</exception>
    public static CapturedVariables ReadPlan(ref TransferReader reader, Func<Type, Codec>? codecs = null)
    {
        codecs ??= s_codecs;
        return reader.ReadByte() == 0
            ? new CapturedVariables(null, WholeTarget.ReadShape(ref reader, codecs), codecs)
            : new CapturedVariables(ClosurePlan.ReadShape(ref reader, codecs), null, codecs);
    }

    /// <exception cref="TransferException">A variable cannot cross; its name begins the path.</exception>
    public void Write(TransferWriter writer, object target)
    {
        if (_closure is { MayMeetTwice: false })
        {
            _closure.WriteFields(writer, target, graph: null);
        }
        else
        {
            Write(writer, target, new ClosureWriting(_codecs));
        }
    }

    public void Write(TransferWriter writer, object target, ClosureWriting graph)
    {
        if (_closure is not null)
        {
            graph.WriteClosure(writer, target, _closure);
        }
        else
        {
            _whole!.Write(writer, target);
        }
    }

    /// <returns>The target for the function in the worker.</returns>
    public object Read(ref TransferReader reader)
    {
        if (_closure is { MayMeetTwice: false })
        {
            object closure = _closure.Create();
            _closure.ReadFields(ref reader, closure, graph: null);
            return closure;
        }
        return Read(ref reader, new ClosureReading(_codecs));
    }

    public object Read(ref TransferReader reader, ClosureReading graph) =>
        (_closure is not null ? graph.ReadClosure(ref reader, _closure) : _whole!.Read(ref reader))
            ?? throw new TransferException("The bytes are damaged: the function's target is missing.");

    private static CapturedVariables? Find(MethodInfo method, Type targetType, Func<Type, Codec> codecs)
    {
        if (!CompilerNames.IsClosure(targetType))
        {
            return new CapturedVariables(null, WholeTarget.Of(method, targetType, codecs), codecs);
        }
        ClosurePlan plan = ClosurePlan.Of(ClosureScan.Run(method), targetType, codecs);
        return plan.IsEmpty ? null : new CapturedVariables(plan, null, codecs);
    }

    private readonly record struct Key(RuntimeMethodHandle Method, Type Target);

    /// <summary>Apart, so that a worker, which only reads, never makes it.</summary>
    private static class Known
    {
        public static readonly ConcurrentDictionary<Key, CapturedVariables?> Table = new();
    }
}
