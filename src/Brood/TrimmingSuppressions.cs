using System.Diagnostics.CodeAnalysis;
using static Brood.TrimmingSuppressions;

// Brood reads the program's functions and data types by reflection. Its package keeps what it reads: with
// TrimMode=partial the trimmer leaves the program and Brood whole (buildTransitive/Brood.props and Brood.targets).
[assembly: UnconditionalSuppressMessage("Trimming", "IL2026", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2055", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2057", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2059", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2060", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2062", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2065", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2066", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2067", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2068", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2069", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2070", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2071", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2072", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2073", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2074", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2075", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2076", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2077", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2078", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2079", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2080", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2087", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2088", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2089", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2090", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2091", Scope = "module", Justification = KeptWhole)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2111", Scope = "module", Justification = KeptWhole)]

// An empty location is a fact that Brood asks for: it tells a single file from other programs.
[assembly: UnconditionalSuppressMessage("SingleFile", "IL3000", Scope = "module", Justification = "Asked on purpose.")]

namespace Brood;

internal static class TrimmingSuppressions
{
    public const string KeptWhole = "The program and Brood are kept whole.";
}
