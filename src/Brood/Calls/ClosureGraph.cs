using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>The closures of one call as they are written, so that one that is met again stays one object.</summary>
/// <remarks>There are a handful at most: lists serve better than tables.</remarks>
internal sealed class ClosureWriting(Func<Type, Codec> codecs)
{
    private readonly List<object> _closures = [];
    private readonly List<(int Index, ClosurePlan Plan)> _written = [];
    private readonly List<(MethodInfo Method, Type Target, CapturedVariables? Variables)> _functions = [];
    private int _depth;

    /// <summary>Writes 0 for null; else the closure's number and whether its fields follow.</summary>
    public void WriteClosure(TransferWriter writer, object? closure, ClosurePlan plan)
    {
        if (closure is null)
        {
            writer.WriteVarint(0);
            return;
        }
        int index = _closures.FindIndex(known => ReferenceEquals(known, closure));
        if (index < 0)
        {
            index = _closures.Count;
            _closures.Add(closure);
        }
        // Two functions may read different fields of one closure: each plan is written once.
        bool isNew = !_written.Contains((index, plan));
        writer.WriteVarint(((ulong)(index + 1) << 1) | (isNew ? 1UL : 0));
        if (!isNew)
        {
            return;
        }
        _written.Add((index, plan));
        if (++_depth > CapturedVariables.MaxDepth)
        {
            throw new TransferException($"Functions that capture functions nest deeper than {CapturedVariables.MaxDepth}.");
        }
        plan.WriteFields(writer, closure, this);
        _depth--;
    }

    /// <summary>What a captured function captures in its turn.</summary>
    public CapturedVariables? VariablesOf(MethodInfo method, Type target)
    {
        foreach ((MethodInfo knownMethod, Type knownTarget, CapturedVariables? known) in _functions)
        {
            if (knownMethod == method && knownTarget == target)
            {
                return known;
            }
        }
        CapturedVariables? variables = CapturedVariables.Of(method, target, codecs);
        _functions.Add((method, target, variables));
        return variables;
    }
}

/// <summary>The closures of one call as they are read.</summary>
internal sealed class ClosureReading(Func<Type, Codec> codecs)
{
    private readonly List<object> _closures = [];

    public Func<Type, Codec> Codecs => codecs;

    public object? ReadClosure(ref TransferReader reader, ClosurePlan plan)
    {
        ulong reference = reader.ReadVarint();
        if (reference == 0)
        {
            return null;
        }
        ulong index = (reference >> 1) - 1;
        if (index > (ulong)_closures.Count)
        {
            throw new TransferException("The bytes are damaged: a closure is missing.");
        }
        if (index == (ulong)_closures.Count)
        {
            _closures.Add(plan.Create());
        }
        object closure = _closures[(int)index];
        if ((reference & 1) != 0)
        {
            plan.ReadFields(ref reader, closure, this);
        }
        return closure;
    }
}
