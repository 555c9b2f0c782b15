using System.Collections.Concurrent;
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
    private static readonly ConcurrentDictionary<Key, CalledFunction> s_byCode = new();
    private static readonly ConcurrentDictionary<MethodInfo, CalledFunction> s_byMethod = new();

    private CalledFunction(MethodInfo method, Type? target)
    {
        Method = method;
        Identity = FunctionIdentity.Of(method);
        Variables = target is null ? null : CapturedVariables.Of(method, target);
    }

    public MethodInfo Method { get; }

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
        Key key = new(target.GetType(), code);
        if (s_byCode.TryGetValue(key, out CalledFunction? known))
        {
            return known;
        }
        CalledFunction found = Find(function.Method, key.Target);
        // The code of what can be unloaded may give its address to another method.
        return found.Method.IsCollectible || key.Target.IsCollectible ? found : s_byCode.GetOrAdd(key, found);
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
        return s_byMethod.TryGetValue(method, out CalledFunction? known)
            ? known
            : s_byMethod.GetOrAdd(method, new CalledFunction(method, target: null));
    }

    private readonly record struct Key(Type Target, nint Code);

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
