using System.Reflection;

namespace Brood.Calls;

/// <summary>Finds which captured variables the code of a lambda reads.</summary>
/// <remarks>
/// Host only. It follows the lambda into what the compiler made of its source: inner lambdas, local functions, state
/// machines. It does not follow ordinary methods: captured variables are out of their reach.
/// </remarks>
internal sealed class ClosureScan
{
    private const BindingFlags AllDeclared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly HashSet<MemberInfo> _seen = [];
    private readonly Stack<MethodBase> _pending = [];
    private readonly HashSet<(Module Module, int Token)> _read = [];

    /// <summary>Whether some code could not be looked at (trimmed, compiled ahead): then everything counts as read.</summary>
    private bool _blind;

    private ClosureScan() { }

    public static ClosureScan Run(MethodBase method)
    {
        ClosureScan scan = new();
        scan.Follow(method);
        while (!scan._blind && scan._pending.TryPop(out MethodBase? next))
        {
            try
            {
                scan.Look(next);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                scan._blind = true;
            }
        }
        return scan;
    }

    /// <summary>Whether the lambda, or what it calls, reads this field of a closure.</summary>
    public bool Reads(FieldInfo field) => _blind || _read.Contains((field.Module, field.MetadataToken));

    private void Look(MethodBase method)
    {
        if (method.IsAbstract || method.GetMethodBody()?.GetILAsByteArray() is not { } il)
        {
            _blind |= !method.IsAbstract;
            return;
        }
        Module module = method.Module;
        Type[]? typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        IlReader reader = new(il);
        while (reader.MoveNext())
        {
            switch (reader.Use)
            {
                case IlUse.ReadField or IlUse.WriteField:
                    FieldInfo field = module.ResolveField(reader.Token, typeArguments, methodArguments)!;
                    Found(field, isRead: reader.Use == IlUse.ReadField);
                    break;
                case IlUse.Method:
                    Found(module.ResolveMethod(reader.Token, typeArguments, methodArguments)!);
                    break;
                case IlUse.Any when module.ResolveMember(reader.Token, typeArguments, methodArguments) is { } member:
                    if (member is FieldInfo named)
                    {
                        Found(named, isRead: true);
                    }
                    else if (member is MethodBase function)
                    {
                        Found(function);
                    }
                    break;
            }
        }
    }

    private void Found(FieldInfo field, bool isRead)
    {
        if (field.DeclaringType is not { } type)
        {
            return;
        }
        if (CompilerNames.IsClosure(type))
        {
            if (isRead)
            {
                _read.Add((field.Module, field.MetadataToken));
            }
        }
        else
        {
            FollowStateMachine(type);
        }
    }

    private void Found(MethodBase method)
    {
        if (method.DeclaringType is not { } type)
        {
            return;
        }
        if (CompilerNames.IsClosure(type) || CompilerNames.IsLambdaOrLocalFunction(method.Name))
        {
            Follow(method);
        }
        else
        {
            FollowStateMachine(type);
        }
    }

    /// <summary>A state machine that is made or filled here runs the rest of this function's source.</summary>
    private void FollowStateMachine(Type type)
    {
        if (!CompilerNames.IsStateMachine(type) || !_seen.Add(type))
        {
            return;
        }
        foreach (MethodInfo method in type.GetMethods(AllDeclared))
        {
            Follow(method);
        }
    }

    private void Follow(MethodBase method)
    {
        if (_seen.Add(method))
        {
            _pending.Push(method);
        }
    }
}
