using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Names an assembly so that the worker finds the same build of it.</summary>
internal static class AssemblyIdentity
{
    private const int GuidBytes = 16;

    private static readonly ConditionalWeakTable<Assembly, byte[]> s_written = new();

    /// <returns>Why a worker cannot load this assembly, as the end of a sentence; null if it can.</returns>
    public static string? WhyNot(Assembly assembly)
    {
        if (assembly.IsDynamic)
        {
            return $"it is in the assembly '{SimpleName(assembly)}', which was made at run time (a script, Reflection.Emit) "
                + "and has no file, so a worker cannot load it. Compile it to a file and load that, or pass the source text and "
                + "compile it in the worker.";
        }
        if (LocationOf(assembly) is null && !IsBundled(assembly))
        {
            return $"it is in the assembly '{SimpleName(assembly)}', which was loaded from bytes and not from a file, "
                + $"so a worker cannot load it. Load it with {nameof(Assembly)}.{nameof(Assembly.LoadFrom)} from a file, "
                + "or pass its bytes and load them in the worker.";
        }
        return null;
    }

    /// <summary>The name without version and culture, at a fraction of what <see cref="Assembly.GetName()"/> costs at first.</summary>
    public static string SimpleName(Assembly assembly)
    {
        string name = assembly.FullName ?? "";
        int end = name.IndexOf(',');
        return end < 0 || name.Contains('\\') ? assembly.GetName().Name ?? "" : name[..end];
    }

    public static void Write(TransferWriter writer, Assembly assembly)
    {
        if (!s_written.TryGetValue(assembly, out byte[]? bytes))
        {
            bytes = Describe(assembly);
            s_written.AddOrUpdate(assembly, bytes);
        }
        writer.WriteBytes(bytes);
    }

    public static Assembly Read(ref TransferReader reader)
    {
        string name = reader.ReadText() ?? "";
        Guid moduleVersion = new(reader.ReadBytes(GuidBytes));
        string? path = reader.ReadText();
        Assembly assembly = Load(name, path);
        return assembly.ManifestModule.ModuleVersionId == moduleVersion ? assembly : throw OtherBuild(assembly, moduleVersion);
    }

    private static TransferException OtherBuild(Assembly assembly, Guid moduleVersion) => new(
        $"This worker has another build of '{SimpleName(assembly)}': its module version is "
        + $"{assembly.ManifestModule.ModuleVersionId}, the host's is {moduleVersion}. Host and worker must run the same files; "
        + "start the program again if it was rebuilt.");

    private static byte[] Describe(Assembly assembly)
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.WriteText(SimpleName(assembly));
        assembly.ManifestModule.ModuleVersionId.TryWriteBytes(writer.Take(GuidBytes));
        writer.WriteText(assembly == typeof(object).Assembly ? null : LocationOf(assembly));
        byte[] bytes = writer.Inline.ToArray();
        writer.Return();
        return bytes;
    }

    private static Assembly Load(string name, string? path)
    {
        try
        {
            // Not parsed from a full name: that would load the culture data first, and the build is compared anyway.
            return Assembly.Load(new AssemblyName { Name = name });
        }
        catch (Exception e) when (path is null)
        {
            throw new TransferException($"This worker cannot load the assembly '{name}': {e.Message}", inner: e);
        }
        catch (Exception)
        {
            return LoadFrom(name, path!);
        }
    }

    /// <remarks>LoadFrom and not LoadFromAssemblyPath: it also finds the neighbours that a plug-in was built against.</remarks>
    private static Assembly LoadFrom(string name, string path)
    {
        try
        {
            return Assembly.LoadFrom(path);
        }
        catch (Exception e)
        {
            throw new TransferException($"This worker cannot load the assembly '{name}' from {path}: {e.Message}", inner: e);
        }
    }

    /// <summary>In a single-file program the assemblies of the bundle have no location.</summary>
    /// <remarks>What was loaded from bytes has none either, but it is in a context of its own.</remarks>
    private static bool IsBundled(Assembly assembly) =>
        LocationOf(typeof(AssemblyIdentity).Assembly) is null
        && AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default;

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly without a location is found by its name.")]
    private static string? LocationOf(Assembly assembly) => assembly.Location is { Length: > 0 } location ? location : null;
}
