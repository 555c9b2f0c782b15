using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brood.Platform;

/// <summary>Where the functions of <c>libc</c> are: it is loaded already, wherever .NET runs on Unix.</summary>
internal static class LibC
{
    /// <remarks>By its name the runtime tries a dozen files first, which takes a fresh process two milliseconds.</remarks>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Before the first function is called, in host and worker.")]
    internal static void FindInThisProcess()
    {
        if (!OperatingSystem.IsWindows())
        {
            NativeLibrary.SetDllImportResolver(
                typeof(LibC).Assembly, static (name, _, _) => name == "libc" ? NativeLibrary.GetMainProgramHandle() : 0);
        }
    }
}
