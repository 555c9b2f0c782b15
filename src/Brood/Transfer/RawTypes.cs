using System.Reflection;

namespace Brood.Transfer;

/// <summary>Which value types may be copied as the bytes that they are.</summary>
internal static class RawTypes
{
    /// <summary>
    /// True if all of the type is plain data. If it is not: <paramref name="refusal"/> says why the type cannot cross,
    /// or is null if it holds references and needs a look at each field.
    /// </summary>
    /// <remarks>A nullable counts as plain data inside of other types only: generic constraints do not take it alone.</remarks>
    public static bool IsRaw(Type type, out Refusal? refusal) =>
        IsPart(type, out refusal) && Nullable.GetUnderlyingType(type) is null;

    private static bool IsPart(Type type, out Refusal? refusal)
    {
        refusal = null;
        if (type == typeof(nint) || type == typeof(nuint))
        {
            refusal = Pointer(type);
            return false;
        }
        if (type.IsPrimitive || type.IsEnum)
        {
            return true;
        }
        if (!OwnTypes.IsFramework(type.Assembly))
        {
            return AreFieldsRaw(type, out refusal);
        }
        switch (FrameworkTypes.KindOf(type))
        {
            case FrameworkKind.Raw:
                return true;
            case FrameworkKind.Fields:
                return AreFieldsRaw(type, out refusal);
            case FrameworkKind.None:
                refusal = new Refusal(
                    "which is not among the framework types that are known to be plain data", "Pass the data that it stands for.");
                return false;
            default:
                return false;
        }
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
                refusal = Pointer(fieldType, step);
                return false;
            }
            if (!fieldType.IsValueType)
            {
                isRaw = false;
            }
            else if (fieldType != type && !IsPart(fieldType, out Refusal? inner))
            {
                isRaw = false;
                if (inner is not null)
                {
                    refusal = inner with { Within = step + inner.Within, Part = inner.Part ?? fieldType };
                    return false;
                }
            }
        }
        return isRaw;
    }

    public static Refusal Pointer(Type part, string within = "") => new(
        "which holds an address or a handle of this process",
        "Pass the data behind it, or open it inside the function.", within, part);
}
