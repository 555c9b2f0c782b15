using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>Decides how the objects of a run-time type cross, or why they do not.</summary>
internal static class BodyFactory
{
    public static BodyCodec Make(Type type)
    {
        if (type.IsValueType)
        {
            return new BoxBody(type);
        }
        if (type == typeof(string))
        {
            return new StringBody();
        }
        if (type == typeof(object))
        {
            return new PlainObjectBody();
        }
        if (type.IsArray)
        {
            return ArrayBodies.Make(type);
        }
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return new DelegateBody(type);
        }
        if (typeof(Exception).IsAssignableFrom(type))
        {
            return new ExceptionBody();
        }
        if (typeof(Type).IsAssignableFrom(type))
        {
            return new TypeBody();
        }
        if (RefusedFamilies.Find(type) is { } refusal)
        {
            return new RefusedBody(type, refusal);
        }
        return FindFramework(type) is { } framework ? framework
            : OwnTypes.IsFramework(type.Assembly) || type.Assembly == typeof(BodyFactory).Assembly && !BroodTypes.Cross(type)
                ? new RefusedBody(type, RefusedFamilies.UnknownFrameworkType)
            : MakeForOwn(type);
    }

    /// <summary>Why no class that is declared as this interface or base class can cross; null if some can.</summary>
    public static Refusal? JudgeFamily(Type declared) =>
        declared == typeof(object) || declared.IsInterface ? null : RefusedFamilies.Find(declared);

    // The nearest framework class above decides: for the type itself, for its hidden implementations, and for what
    // the application derived from it.
    private static BodyCodec? FindFramework(Type type)
    {
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            if (OwnTypes.IsFramework(level.Assembly) && FrameworkTypes.KindOf(level) is not FrameworkKind.None and var kind)
            {
                return kind switch
                {
                    FrameworkKind.Fields => new GraphBody(type),
                    FrameworkKind.Special => FrameworkBodies.Make(type, level),
                    _ => null,
                };
            }
        }
        return null;
    }

    private static BodyCodec MakeForOwn(Type type)
    {
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            if (OwnTypes.IsFramework(level.Assembly) && HasFields(level))
            {
                return new RefusedBody(type, RefusedFamilies.UnknownFrameworkBase(level));
            }
            if (level.GetMethod("Finalize", Declared, []) is not null)
            {
                return new RefusedBody(type, RefusedFamilies.Finalizer);
            }
        }
        if (type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            && RefusedFamilies.FindGenerated(type) is { } refusal)
        {
            return new RefusedBody(type, refusal);
        }
        return type.IsAbstract ? new RefusedBody(type, RefusedFamilies.Abstract) : new GraphBody(type);
    }

    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static bool HasFields(Type level) => level.GetFields(Declared).Length > 0;
}

/// <summary>Brood's own types that are data.</summary>
internal static class BroodTypes
{
    public static bool Cross(Type type) =>
        type == typeof(WorkerExit) || type == typeof(CallOptions);
}
