using System.Collections;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace Brood.Transfer;

/// <summary>What never crosses, and what to do instead.</summary>
internal static class RefusedFamilies
{
    private const string OpenThere =
        "Open it inside the function or once in WorkerOptions.Initialize, and pass what it is opened with, such as a path or a connection string.";

    public static readonly Refusal UnknownFrameworkType = new(
        "a framework class that is not known to be plain data, so its insides may belong to this process",
        "Pass the data that it holds. " + OpenThere);

    public static readonly Refusal Finalizer = new(
        "which has a finalizer, so it owns something of this process", OpenThere);

    public static readonly Refusal Brood = new("which belongs to this process's workers", "Start workers inside the function if it needs its own.");

    public static readonly Refusal Abstract = new("of which there are no objects", "Name a type that is not abstract.");

    public static Refusal UnknownFrameworkBase(Type level) => new(
        $"whose base {TypeNames.Display(level)} is a framework class that is not known to be plain data",
        "Pass its data in a class of your own.");

    public static Refusal? Find(Type type)
    {
        if (FindByName(type) is { } refusal)
        {
            return refusal;
        }
        if (typeof(Stream).IsAssignableFrom(type))
        {
            return new Refusal("a stream, which is open in this process only",
                "Pass the path or the bytes, or open it inside the function.");
        }
        if (typeof(SafeHandle).IsAssignableFrom(type) || typeof(CriticalFinalizerObject).IsAssignableFrom(type))
        {
            return new Refusal("a handle of this process", OpenThere);
        }
        if (typeof(WaitHandle).IsAssignableFrom(type))
        {
            return new Refusal("which threads of this process wait for", "Await the call, or pass a CancellationToken.");
        }
        if (typeof(Task).IsAssignableFrom(type))
        {
            return new Refusal("work that runs in this process", "Await it and pass its result.");
        }
        if (typeof(MarshalByRefObject).IsAssignableFrom(type) && type.FullName is not ("System.IO.FileInfo" or "System.IO.DirectoryInfo"))
        {
            return new Refusal("which lives in one process", OpenThere);
        }
        // By name: typeof would load assemblies that most programs never need.
        if (type.GetInterface("System.IServiceProvider") is not null)
        {
            return new Refusal("a service provider of this process", "Build one in WorkerOptions.Initialize.");
        }
        if (type.GetInterface("System.Linq.IQueryable") is not null)
        {
            return new Refusal("a query that has not run", "Run it with ToList() and pass the result.");
        }
        return null;
    }

    /// <summary>Classes that the compiler wrote for an iterator, an async method or a lambda.</summary>
    public static Refusal? FindGenerated(Type type)
    {
        if (typeof(IEnumerator).IsAssignableFrom(type) || typeof(IEnumerable).IsAssignableFrom(type) && type.Name.Contains(">d"))
        {
            return new Refusal("an iterator that has not run", "Call ToList() or ToArray() on it and pass the result.");
        }
        if (typeof(System.Runtime.CompilerServices.IAsyncStateMachine).IsAssignableFrom(type))
        {
            return new Refusal("an async method that is running", "Await it and pass its result.");
        }
        return type.Name.Contains("DisplayClass") || type.Name == "<>c"
            ? new Refusal("the captured variables of a lambda", "Pass the lambda, or the variables.")
            : null;
    }

    private static Refusal? FindByName(Type type)
    {
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            if (OwnTypes.IsFramework(level.Assembly) && FindByLevel(level) is { } refusal)
            {
                return refusal;
            }
        }
        return OwnTypes.IsFramework(type.Assembly) && IsQuery(type)
            ? new Refusal("a query that has not run", "Call ToList() or ToArray() on it and pass the result.")
            : null;
    }

    // Told by name as well: most of these live in assemblies that the program may not use.
    private static Refusal? FindByLevel(Type level)
    {
        string? name = (level.IsConstructedGenericType ? level.GetGenericTypeDefinition() : level).FullName;
        switch (name)
        {
            case "System.Threading.SemaphoreSlim" or "System.Threading.ReaderWriterLockSlim" or "System.Threading.Lock"
                or "System.Threading.ManualResetEventSlim" or "System.Threading.Barrier" or "System.Threading.CountdownEvent"
                or "System.Threading.ReaderWriterLock":
                return new Refusal("a lock of this process's threads", "No lock is shared between processes: make one inside the function.");
            case "System.Threading.Thread" or "System.Threading.Timer" or "System.Timers.Timer"
                or "System.Threading.ThreadLocal`1" or "System.Threading.AsyncLocal`1" or "System.Threading.ExecutionContext"
                or "System.Threading.SynchronizationContext":
                return new Refusal("which belongs to this process's threads", "Make it inside the function.");
            case "System.Threading.CancellationTokenSource":
                return new Refusal("which cancels in this process", "Pass its Token: it stays connected.");
            case "System.Progress`1":
                return new Refusal("which reports in this process", "Declare the parameter as IProgress<T>: then it stays connected.");
            case "System.WeakReference" or "System.WeakReference`1":
                return new Refusal("a reference that keeps nothing alive", "Pass its target.");
            case "System.Net.Sockets.Socket" or "System.Net.Http.HttpMessageInvoker" or "System.Net.Sockets.TcpClient"
                or "System.Net.Sockets.UdpClient" or "System.Net.Sockets.TcpListener" or "System.Data.Common.DbConnection":
                return new Refusal("a connection of this process", OpenThere);
            case "System.Diagnostics.Process":
                return new Refusal("a handle to a process", "Pass its id.");
            case "System.Data.DataTable" or "System.Data.DataSet":
                return new Refusal("which keeps more than its rows", "Pass the rows as a list of records, or its XML text.");
            case "System.Collections.Generic.Dictionary`2+KeyCollection" or "System.Collections.Generic.Dictionary`2+ValueCollection"
                or "System.Collections.Generic.SortedDictionary`2+KeyCollection" or "System.Collections.Generic.SortedDictionary`2+ValueCollection"
                or "System.Collections.Generic.OrderedDictionary`2+KeyCollection" or "System.Collections.Generic.OrderedDictionary`2+ValueCollection"
                or "System.Collections.Generic.LinkedListNode`1":
                return new Refusal("a view of a collection", "Call ToList() or ToArray() on it, or pass the collection.");
            case "System.Reflection.MemberInfo" or "System.Reflection.Assembly" or "System.Reflection.Module":
                return new Refusal("a piece of this process's code", "Pass a Type, or a name.");
        }
        return null;
    }

    private static bool IsQuery(Type type) => typeof(IEnumerator).IsAssignableFrom(type)
        || typeof(IEnumerable).IsAssignableFrom(type) && type.Namespace == "System.Linq" && !type.IsPublic;
}
