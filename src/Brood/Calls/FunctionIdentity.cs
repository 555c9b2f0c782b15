using System.Collections.Concurrent;
using System.Reflection;
using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Names a method so that a worker, the same build of the same program, finds it.</summary>
internal sealed class FunctionIdentity
{
    private static readonly ConcurrentDictionary<MethodInfo, FunctionIdentity> s_known = new();

    private readonly byte[] _bytes;

    private FunctionIdentity(MethodInfo method, string displayName)
    {
        DisplayName = displayName;
        _bytes = Describe(method, displayName);
    }

    /// <summary>The function as a person knows it: <c>Thumbnails.Resize</c>, <c>lambda in Program.Main</c>.</summary>
    public string DisplayName { get; }

    /// <exception cref="TransferException">A worker cannot load the method.</exception>
    public static FunctionIdentity Of(MethodInfo method)
    {
        if (s_known.TryGetValue(method, out FunctionIdentity? known))
        {
            return known;
        }
        FunctionIdentity identity = new(method, FunctionName.Of(method));
        // What can be unloaded is not kept: the cache would hold it for ever.
        return method.IsCollectible ? identity : s_known.GetOrAdd(method, identity);
    }

    public void Write(TransferWriter writer) => writer.WriteBytes(_bytes);

    /// <exception cref="TransferException">The method is not here, or in another build.</exception>
    public static MethodInfo Resolve(ref TransferReader reader)
    {
        if (!reader.Policy.TrustAll)
        {
            throw new TransferException("The bytes are damaged: a worker does not choose which function is called.");
        }
        Module module = AssemblyIdentity.Read(ref reader).ManifestModule;
        int token = reader.ReadUnmanaged<int>();
        Type[] typeArguments = TypeIdentity.ReadAll(ref reader);
        Type[] methodArguments = TypeIdentity.ReadAll(ref reader);
        try
        {
            MethodBase method = module.ResolveMethod(token)!;
            if (typeArguments.Length > 0)
            {
                Type type = method.DeclaringType!.MakeGenericType(typeArguments);
                method = MethodBase.GetMethodFromHandle(method.MethodHandle, type.TypeHandle)!;
            }
            return methodArguments.Length > 0 ? ((MethodInfo)method).MakeGenericMethod(methodArguments) : (MethodInfo)method;
        }
        catch (Exception e)
        {
            throw new TransferException(
                $"This worker cannot find the function 0x{token:X8} of '{AssemblyIdentity.SimpleName(module.Assembly)}'. Was it added by hot "
                + "reload? A worker runs the code as it was built; start the program again.", inner: e);
        }
    }

    private static byte[] Describe(MethodInfo method, string displayName)
    {
        if (WhyNot(method) is { } reason)
        {
            throw new TransferException($"'{displayName}' cannot be called in a worker: {reason}");
        }
        TransferWriter writer = TransferWriter.Rent();
        try
        {
            AssemblyIdentity.Write(writer, method.Module.Assembly);
            writer.WriteUnmanaged(method.MetadataToken);
            TypeIdentity.WriteAll(writer, method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : []);
            TypeIdentity.WriteAll(writer, method.IsGenericMethod ? method.GetGenericArguments() : []);
            return writer.Inline.ToArray();
        }
        catch (TransferException e)
        {
            throw new TransferException($"'{displayName}' cannot be called in a worker: {e.Message}", inner: e);
        }
        finally
        {
            writer.Return();
        }
    }

    private static string? WhyNot(MethodInfo method)
    {
        const string Compiled = "it was compiled at run time (an expression tree, a DynamicMethod), and a worker cannot load "
            + "what has no file. Call a method of the program that builds and compiles it in the worker.";
        if (method.DeclaringType is not { } type)
        {
            return Compiled;
        }
        if (AssemblyIdentity.WhyNot(method.Module.Assembly) is { } reason)
        {
            return reason;
        }
        if (method.ContainsGenericParameters)
        {
            return "its type arguments are not known.";
        }
        // Without dynamic code, compiled expressions are delegates to the interpreter.
        if (!type.IsVisible && AssemblyIdentity.SimpleName(type.Assembly) == "System.Linq.Expressions")
        {
            return Compiled;
        }
        bool isInFile = (method.MetadataToken & 0x00FF_FFFF) != 0;
        return isInFile ? null : "the runtime makes it and no assembly contains it. Wrap it in a lambda.";
    }
}
