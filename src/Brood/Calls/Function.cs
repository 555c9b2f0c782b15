using System.Reflection;
using System.Runtime.CompilerServices;
using Brood.Transfer;

namespace Brood.Calls;

/// <summary>A function as the host knows it: which method, what it captured, and the number it goes by on the wire.</summary>
internal sealed class Function
{
    private static readonly ConditionalWeakTable<Delegate, Function> s_byDelegate = [];
    private static readonly Lock s_gate = new();
    private static int s_lastId; // Guarded by s_gate.

    // A loop calls the same function again and again.
    [ThreadStatic] private static Delegate? t_lastDelegate;
    [ThreadStatic] private static Function? t_lastFunction;

    private readonly Type _delegateType;
    private readonly CapturedVariables? _captured;

    static Function() => TransferHooks.Install();

    private Function(int id, CalledFunction called, Type delegateType, Type? targetType)
    {
        Id = id;
        _delegateType = delegateType;
        Name = called.Identity.DisplayName;
        _captured = called.Variables;
        Streams = IsSequence(delegateType);
        TakesToken = TakesTokenOf(called.Method, _captured is null ? null : targetType);
        MayTakeLiveArguments = _captured is not null
            || Array.Exists(called.Method.GetParameters(), static parameter => MayBeLive(parameter.ParameterType));
        TransferWriter writer = TransferWriter.Rent();
        try
        {
            TypeIdentity.Write(writer, delegateType);
            called.Write(writer);
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

    /// <summary>Whether what it returns is produced while it runs: such a function is called through StreamAsync only.</summary>
    public bool Streams { get; }

    /// <summary>Whether a token, a progress or a source could be among what the function is given.</summary>
    public bool MayTakeLiveArguments { get; }

    /// <summary>The payload of the frame that gives <see cref="Id"/> its meaning.</summary>
    public ReadOnlyMemory<byte> Definition { get; }

    /// <summary>The function behind a delegate; the same object for each delegate of one method.</summary>
    /// <exception cref="TransferException">The method cannot be found by another process.</exception>
    public static Function Of(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (ReferenceEquals(t_lastDelegate, function))
        {
            return t_lastFunction!;
        }
        Function found = s_byDelegate.TryGetValue(function, out Function? known) ? known : Find(function);
        if (found._captured is null)
        {
            t_lastFunction = found;
            t_lastDelegate = function;
        }
        return found;
    }

    /// <summary>Writes the captured variables, or the instance, that this delegate carries.</summary>
    public void WriteTarget(TransferWriter writer, Delegate function) => _captured?.Write(writer, function.Target!);

    private static Function Find(Delegate function)
    {
        CalledFunction called = CalledFunction.Of(function);
        Type delegateType = function.GetType();
        Function? found;
        lock (s_gate)
        {
            found = called.Functions.Find(known => known._delegateType == delegateType);
            if (found is null)
            {
                found = new Function(s_lastId + 1, called, delegateType, function.Target?.GetType());
                called.Functions.Add(found);
                s_lastId++;
            }
        }
        if (found._captured is null)
        {
            // The compiler keeps one delegate for such a function. One that captures is a new object each time.
            s_byDelegate.AddOrUpdate(function, found);
        }
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

    /// <summary>Whether functions of this shape return what is produced while they run.</summary>
    public static bool IsSequence(Type delegateType) =>
        delegateType.Name.StartsWith("Func`", StringComparison.Ordinal)
        && delegateType.GetGenericArguments()[^1] is { IsConstructedGenericType: true } returned
        && returned.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>);

    /// <summary>Values without references cannot be live, except a token itself; most other types may hold one somewhere.</summary>
    private static bool MayBeLive(Type type) =>
        type == typeof(CancellationToken) || !(type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal));
}
