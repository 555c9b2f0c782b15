using System.Reflection;
using System.Runtime.CompilerServices;
using Brood.Transfer;

namespace Brood.Calls;

/// <summary>A function as the host knows it: which method, what it captured, and the number it goes by on the wire.</summary>
internal sealed class Function
{
    private static readonly ConditionalWeakTable<Delegate, Function> s_byDelegate = [];
    private static readonly Dictionary<(MethodInfo Method, Type Delegate, Type? Target), Function> s_byMethod = []; // Guarded by itself.
    private static int s_lastId; // Guarded by s_byMethod.

    private readonly CapturedVariables? _captured;

    private Function(int id, MethodInfo method, Type delegateType, Type? targetType)
    {
        Id = id;
        FunctionIdentity identity = FunctionIdentity.Of(method);
        Name = identity.DisplayName;
        _captured = targetType is null ? null : CapturedVariables.Of(method, targetType);
        TakesToken = TakesTokenOf(method, _captured is null ? null : targetType);
        MayTakeLiveArguments = _captured is not null || Array.Exists(method.GetParameters(), static parameter => MayBeLive(parameter.ParameterType));
        TransferWriter writer = TransferWriter.Rent();
        try
        {
            identity.Write(writer);
            TypeIdentity.Write(writer, delegateType);
            writer.WriteByte((byte)(_captured is null ? FunctionTarget.None : FunctionTarget.Sent));
            _captured?.WritePlan(writer);
            Definition = writer.Inline.ToArray();
        }
        finally
        {
            writer.Return();
        }
    }

    /// <summary>From 1 up, the same for every worker of this host.</summary>
    public int Id { get; }

    /// <summary>As it stands in messages: <c>Thumbnails.Resize</c>.</summary>
    public string Name { get; }

    /// <summary>Whether the function can hear of a cancellation.</summary>
    public bool TakesToken { get; }

    /// <summary>Whether a token, a progress or a source could be among what the function is given.</summary>
    public bool MayTakeLiveArguments { get; }

    /// <summary>The payload of the frame that gives <see cref="Id"/> its meaning.</summary>
    public ReadOnlyMemory<byte> Definition { get; }

    /// <summary>The function behind a delegate; the same object for each delegate of one method.</summary>
    /// <exception cref="TransferException">The method cannot be found by another process.</exception>
    public static Function Of(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return s_byDelegate.TryGetValue(function, out Function? known) ? known : Find(function);
    }

    /// <summary>Writes the captured variables, or the instance, that this delegate carries.</summary>
    public void WriteTarget(TransferWriter writer, Delegate function) => _captured?.Write(writer, function.Target!);

    private static Function Find(Delegate function)
    {
        if (!function.HasSingleTarget)
        {
            throw new ArgumentException("The delegate holds several functions. Call one function at a time.", nameof(function));
        }
        MethodInfo method = function.Method;
        var key = (method, function.GetType(), function.Target?.GetType());
        Function? found;
        lock (s_byMethod)
        {
            if (!s_byMethod.TryGetValue(key, out found))
            {
                found = new Function(s_lastId + 1, method, function.GetType(), function.Target?.GetType());
                s_byMethod.Add(key, found);
                s_lastId++;
            }
        }
        s_byDelegate.AddOrUpdate(function, found);
        return found;
    }

    private static bool TakesTokenOf(MethodInfo method, Type? closure)
    {
        foreach (ParameterInfo parameter in method.GetParameters())
        {
            if (parameter.ParameterType == typeof(CancellationToken))
            {
                return true;
            }
        }
        return closure is not null && Array.Exists(
            closure.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
            static field => field.FieldType == typeof(CancellationToken));
    }

    /// <summary>Values without references cannot be live, except a token itself; most other types may hold one somewhere.</summary>
    private static bool MayBeLive(Type type) =>
        type == typeof(CancellationToken) || !(type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal));
}

/// <summary>What a delegate is closed over, on the wire.</summary>
internal enum FunctionTarget : byte
{
    /// <summary>Nothing, or an object without state that the worker makes itself.</summary>
    None = 0,

    /// <summary>Captured variables or an instance: they come with each call.</summary>
    Sent = 1,
}
