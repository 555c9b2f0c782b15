using System.Reflection;
using System.Runtime.CompilerServices;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>A function as the host calls it: its name for the worker, and what travels with it.</summary>
/// <remarks>
/// One object for all delegates of a lambda, so that a worker is told once and a call costs one look-up. Asking a new
/// delegate for its <see cref="Delegate.Method"/> costs more than all the rest, so the look-up does without.
/// </remarks>
internal sealed class CalledFunction
{
    private static readonly Dictionary<Type, List<Entry>> s_byTarget = []; // By the target's type. Guarded by itself.
    private static readonly Dictionary<MethodInfo, CalledFunction> s_byMethod = []; // Guarded by itself.

    private CalledFunction(MethodInfo method, Type? target)
    {
        Method = method;
        Identity = FunctionIdentity.Of(method);
        Variables = target is null ? null : CapturedVariables.Of(method, target);
    }

    public MethodInfo Method { get; }

    /// <summary>One for each type of delegate that it is called through. Guarded by the lock of <see cref="Function"/>.</summary>
    public List<Function> Functions { get; } = [];

    public FunctionIdentity Identity { get; }

    /// <summary>What each call sends along; null if nothing.</summary>
    public CapturedVariables? Variables { get; }

    /// <exception cref="ArgumentException">The delegate calls more than one function.</exception>
    /// <exception cref="TransferException">A worker cannot load the function.</exception>
    public static CalledFunction Of(Delegate function)
    {
        if (!function.HasSingleTarget)
        {
            throw new ArgumentException("This delegate calls several functions. Call one function at a time.", nameof(function));
        }
        // Open delegates of virtual methods share their code, so only what has a target is known by it.
        object? target = function.Target;
        nint code = target is null ? 0 : Pointers.Code(function);
        if (target is null || code == 0)
        {
            return Find(function.Method, target?.GetType());
        }
        Type targetType = target.GetType();
        lock (s_byTarget)
        {
            if (s_byTarget.TryGetValue(targetType, out List<Entry>? entries))
            {
                foreach (Entry entry in entries)
                {
                    if (entry.Code == code)
                    {
                        return entry.Function;
                    }
                }
            }
        }
        CalledFunction found = Find(function.Method, targetType);
        // The code of what can be unloaded may give its address to another method.
        if (!found.Method.IsCollectible && !targetType.IsCollectible)
        {
            lock (s_byTarget)
            {
                if (!s_byTarget.TryGetValue(targetType, out List<Entry>? entries))
                {
                    s_byTarget.Add(targetType, entries = []);
                }
                entries.Add(new Entry(code, found));
            }
        }
        return found;
    }

    /// <summary>What a worker must be told before its first call.</summary>
    public void Write(TransferWriter writer)
    {
        Identity.Write(writer);
        writer.WriteByte(Variables is null ? (byte)0 : (byte)1);
        Variables?.WritePlan(writer);
    }

    /// <summary>What <see cref="Write"/> wrote, in the worker.</summary>
    /// <exception cref="TransferException">The worker cannot find the function.</exception>
    public static (MethodInfo Method, CapturedVariables? Variables) Read(ref TransferReader reader)
    {
        MethodInfo method = FunctionIdentity.Resolve(ref reader);
        return (method, reader.ReadByte() == 0 ? null : CapturedVariables.ReadPlan(ref reader));
    }

    /// <summary>The delegate for one call, in the worker, with the values of the variables that the call carries.</summary>
    public static Delegate Bind(Type delegateType, MethodInfo method, CapturedVariables? variables, ref TransferReader reader)
    {
        object? target = variables is null ? CapturedVariables.TargetWithoutVariables(method) : variables.Read(ref reader);
        return target is null ? method.CreateDelegate(delegateType) : method.CreateDelegate(delegateType, target);
    }

    private static CalledFunction Find(MethodInfo method, Type? target)
    {
        if (target is not null || method.IsCollectible)
        {
            return new CalledFunction(method, target);
        }
        lock (s_byMethod)
        {
            if (!s_byMethod.TryGetValue(method, out CalledFunction? known))
            {
                s_byMethod.Add(method, known = new CalledFunction(method, target: null));
            }
            return known;
        }
    }

    // A class: collections of own structs are compiled anew in each process.
    private sealed record Entry(nint Code, CalledFunction Function);

    private static class Pointers
    {
        private static readonly bool s_areKnown = Probe();

        /// <returns>The address of the code that a delegate with a target calls; 0 if the runtime hides it.</returns>
        public static nint Code(Delegate function) => s_areKnown ? MethodPointer(function) : 0;

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_methodPtr")]
        private static extern ref nint MethodPointer(Delegate function);

        private static bool Probe()
        {
            try
            {
                return MethodPointer((Func<bool>)Probe) != 0;
            }
            catch (MissingFieldException)
            {
                return false;
            }
        }
    }
}
