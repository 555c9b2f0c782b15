using System.Reflection;

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
        if (OwnTypes.IsFramework(type.Assembly))
        {
            return FindFramework(type) ?? new RefusedBody(type, RefusedFamilies.Find(type) ?? RefusedFamilies.UnknownFrameworkType);
        }
        if (type.Assembly == typeof(BodyFactory).Assembly && !BroodTypes.Cross(type))
        {
            return new RefusedBody(type, RefusedFamilies.Brood);
        }
        return FindRefusal(type) is { } refusal ? new RefusedBody(type, refusal) : MakeForOwn(type);
    }

    /// <summary>Why no class that is declared as this interface or base class can cross; null if some can.</summary>
    public static Refusal? JudgeFamily(Type declared) =>
        declared == typeof(object) || declared.IsInterface ? null : RefusedFamilies.Find(declared);

    // A hidden class of the framework crosses as the nearest known one above it.
    private static BodyCodec? FindFramework(Type type)
    {
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            switch (FrameworkTypes.KindOf(level))
            {
                case FrameworkKind.Fields:
                    return level == type && !type.IsAbstract ? new GraphBody(type) : null;
                case FrameworkKind.Special:
                    return FrameworkBodies.Make(type, level);
            }
        }
        return null;
    }

    private static Refusal? FindRefusal(Type type)
    {
        if (RefusedFamilies.Find(type) is { } family)
        {
            return family;
        }
        for (Type level = type; !OwnTypes.IsFramework(level.Assembly); level = level.BaseType!)
        {
            if (level.GetMethod("Finalize", Declared, []) is not null)
            {
                return RefusedFamilies.Finalizer;
            }
        }
        // Only the compiler writes such names.
        return type.Name.Contains('<') && RefusedFamilies.FindGenerated(type) is { } generated ? generated
            : type.IsAbstract ? RefusedFamilies.Abstract
            : null;
    }

    private static BodyCodec MakeForOwn(Type type)
    {
        for (Type? level = type.BaseType; level is not null && level != typeof(object); level = level.BaseType)
        {
            if (!OwnTypes.IsFramework(level.Assembly))
            {
                continue;
            }
            FrameworkKind kind = FrameworkTypes.KindOf(level);
            if (kind == FrameworkKind.Special && FrameworkBodies.Make(type, level) is { } special)
            {
                return special;
            }
            if (kind == FrameworkKind.None && level.GetFields(Declared).Length > 0)
            {
                return new RefusedBody(type, RefusedFamilies.UnknownFrameworkBase(level));
            }
        }
        return new GraphBody(type);
    }

    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
}

/// <summary>Brood's own types that are data.</summary>
internal static class BroodTypes
{
    public static bool Cross(Type type) =>
        type == typeof(WorkerExit) || type == typeof(CallOptions);
}
