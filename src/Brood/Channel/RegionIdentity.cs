using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Channel;

/// <summary>The first page of the region: the host says what it is, the worker compares.</summary>
internal static class RegionIdentity
{
    private static Guid Build => typeof(RegionIdentity).Module.ModuleVersionId;

    public static void Write(SharedRegion region)
    {
        Guid build = Build;
        MemoryMarshal.Write(region.Slice(RegionLayout.BuildOffset, 16), in build);
        region.Word32(RegionLayout.HostProcessIdOffset) = Environment.ProcessId;
        region.Word32(RegionLayout.VersionOffset) = RegionLayout.Version;
        region.Word32(RegionLayout.MagicOffset) = RegionLayout.Magic;
    }

    /// <returns>What is wrong, or null.</returns>
    public static string? Check(SharedRegion region)
    {
        if (region.Word32(RegionLayout.MagicOffset) != RegionLayout.Magic
            || region.Word32(RegionLayout.VersionOffset) != RegionLayout.Version)
        {
            return "The memory that the worker was given is not that of a Brood host of the same version.";
        }
        Guid host = MemoryMarshal.Read<Guid>(region.Slice(RegionLayout.BuildOffset, 16));
        return host == Build ? null
            : $"Host and worker run different builds of Brood ({host} and {Build}). Was the program rebuilt while it ran? Start it again.";
    }
}
