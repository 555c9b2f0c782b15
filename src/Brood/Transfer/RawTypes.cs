using System.Reflection;

namespace Brood.Transfer;

/// <summary>Which value types may be copied as the bytes that they are.</summary>
internal static class RawTypes
{
    /// <summary>
    /// True if all of the type is plain data. If it is not: <paramref name="refusal"/> says why the type cannot cross,
    /// or is null if it holds references and needs a look at each field.
    /// </summary>
    public static bool IsRaw(Type type, out Refusal? refusal)
    {
        refusal = null;
        if (type.IsPrimitive || type.IsEnum)
        {
            if (type == typeof(nint) || type == typeof(nuint))
            {
                refusal = Pointer("");
            }
            return refusal is null;
        }
        if (type == typeof(decimal))
        {
            return true;
        }
        if (OwnTypes.IsFramework(type.Assembly) && !type.IsGenericType)
        {
            FrameworkKind kind = FrameworkTypes.KindOf(type);
            if (kind == FrameworkKind.None)
            {
                refusal = new Refusal("which is not among the framework types that are known to be plain data",
                    "Pass the data that it stands for.");
            }
            return kind == FrameworkKind.Raw;
        }
        if (type.IsGenericType && OwnTypes.IsFramework(type.Assembly)
            && FrameworkTypes.KindOf(type) is var generic && generic is not (FrameworkKind.Raw or FrameworkKind.Fields))
        {
            if (generic == FrameworkKind.None)
            {
                refusal = new Refusal("which is not among the framework types that are known to be plain data",
                    "Pass the data that it stands for.");
            }
            return false;
        }
        return AreFieldsRaw(type, out refusal);
    }

    private static bool AreFieldsRaw(Type type, out Refusal? refusal)
    {
        refusal = null;
        bool isRaw = true;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            Type fieldType = field.FieldType;
            string step = "." + FieldLayout.DisplayName(field);
            if (fieldType.IsPointer || fieldType.IsFunctionPointer || fieldType.IsByRef || fieldType.IsByRefLike)
            {
                refusal = Pointer(step);
                return false;
            }
            if (!fieldType.IsValueType)
            {
                isRaw = false;
            }
            else if (fieldType != type && !IsRaw(fieldType, out Refusal? inner))
            {
                isRaw = false;
                if (inner is not null)
                {
                    refusal = inner with { Within = step + inner.Within };
                    return false;
                }
            }
        }
        return isRaw;
    }

    private static Refusal Pointer(string within) => new(
        "which holds an address or a handle of this process",
        "Pass the data behind it, or open it inside the function.", within);
}
