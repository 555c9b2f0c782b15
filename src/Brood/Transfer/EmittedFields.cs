using System.Reflection;
using System.Reflection.Emit;

namespace Brood.Transfer;

internal delegate void FieldWriter(TransferWriter writer, object value);

internal delegate void FieldReader(ref TransferReader reader, object target);

/// <summary>Compiles what <see cref="FieldLayout"/> does by reflection, for types that cross often.</summary>
/// <remarks>
/// Per field, <c>writer.At(i); Codec&lt;F&gt;.Declared.Write(writer, value.field)</c>, and the reverse. The bytes are the same
/// either way, so that the two sides need not agree on when to compile.
/// </remarks>
internal static class EmittedFields
{
    private static readonly MethodInfo s_at =
        typeof(TransferWriter).GetMethod(nameof(TransferWriter.At), BindingFlags.Instance | BindingFlags.NonPublic)!;

    public static FieldWriter MakeWriter(Type owner, FieldInfo[] fields)
    {
        DynamicMethod method = NewMethod("WriteFields", typeof(TransferWriter));
        ILGenerator il = method.GetILGenerator();
        LocalBuilder value = LoadOwner(il, owner);
        for (int i = 0; i < fields.Length; i++)
        {
            Type codec = typeof(Codec<>).MakeGenericType(fields[i].FieldType);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Call, s_at);
            il.Emit(OpCodes.Call, Declared(codec));
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldloc, value);
            il.Emit(OpCodes.Ldfld, fields[i]);
            il.Emit(OpCodes.Callvirt, codec.GetMethod(nameof(Codec<int>.Write))!);
        }
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<FieldWriter>();
    }

    public static FieldReader MakeReader(Type owner, FieldInfo[] fields)
    {
        DynamicMethod method = NewMethod("ReadFields", typeof(TransferReader).MakeByRefType());
        ILGenerator il = method.GetILGenerator();
        LocalBuilder target = LoadOwner(il, owner);
        foreach (FieldInfo field in fields)
        {
            Type codec = typeof(Codec<>).MakeGenericType(field.FieldType);
            il.Emit(OpCodes.Ldloc, target);
            il.Emit(OpCodes.Call, Declared(codec));
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Callvirt, codec.GetMethod(nameof(Codec<int>.Read))!);
            il.Emit(OpCodes.Stfld, field);
        }
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<FieldReader>();
    }

    private static DynamicMethod NewMethod(string name, Type first) =>
        new(name, typeof(void), [first, typeof(object)], typeof(EmittedFields).Module, skipVisibility: true);

    // A struct stays in its box, so that what is read arrives there.
    private static LocalBuilder LoadOwner(ILGenerator il, Type owner)
    {
        LocalBuilder local = il.DeclareLocal(owner.IsValueType ? owner.MakeByRefType() : owner);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(owner.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, owner);
        il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private static MethodInfo Declared(Type codec) => codec.GetProperty(nameof(Codec<int>.Declared))!.GetMethod!;
}
