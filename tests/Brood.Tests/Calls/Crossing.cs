using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Sends a function as the host does and makes it anew as a worker does.</summary>
internal static class Crossing
{
    public static T Of<T>(T function) where T : Delegate
    {
        TransferWriter writer = new();
        FunctionIdentity.Of(function.Method).Write(writer);
        CapturedVariables? variables = CapturedVariables.Of(function, HandleCodec.Source);
        variables?.WritePlan(writer);
        variables?.Write(writer, function.Target!);
        Assert.True(writer.Blocks.IsEmpty);

        TransferReader reader = new(writer.Inline, null, null, TypePolicy.TrustHost);
        MethodInfo method = FunctionIdentity.Resolve(ref reader);
        Assert.Equal(function.Method, method);
        object? target = variables is null
            ? CapturedVariables.TargetWithoutVariables(method)
            : CapturedVariables.ReadPlan(ref reader, HandleCodec.Source).Read(ref reader);
        Assert.Equal(0, reader.Remaining);
        if (target is not null && !method.IsStatic && target.GetType().Name.StartsWith("<>c", StringComparison.Ordinal))
        {
            Assert.NotSame(function.Target, target);
        }
        return (T)(target is null ? method.CreateDelegate(typeof(T)) : method.CreateDelegate(typeof(T), target));
    }

    /// <summary>The variables that would be sent, in alphabetical order.</summary>
    public static string Names(Delegate function)
    {
        IEnumerable<string> names = CapturedVariables.Of(function, HandleCodec.Source)?.Names ?? [];
        return string.Join(' ', names.Order(StringComparer.Ordinal));
    }

    public static Exception Of(Exception e, string? where = null, TypePolicy? policy = null)
    {
        TransferWriter writer = new();
        ExceptionTransfer.Write(writer, e, HandleCodec.Source);
        TransferReader reader = new(writer.Inline, null, null, policy ?? TypePolicy.Default);
        Exception arrived = ExceptionTransfer.Read(ref reader, where, HandleCodec.Source);
        Assert.Equal(0, reader.Remaining);
        Assert.NotSame(e, arrived);
        return arrived;
    }

    public static Type Of(Type type)
    {
        TransferWriter writer = new();
        TypeIdentity.Write(writer, type);
        TransferReader reader = new(writer.Inline, null, null, TypePolicy.TrustHost);
        Type arrived = TypeIdentity.Read(ref reader);
        Assert.Equal(0, reader.Remaining);
        return arrived;
    }
}
