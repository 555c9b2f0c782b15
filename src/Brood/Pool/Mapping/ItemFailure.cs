using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Brood.Pool.Mapping;

/// <summary>How a map ends at an item that failed: with the item's own exception, which says which item it was.</summary>
internal static class ItemFailure
{
    /// <summary>In <see cref="Exception.Data"/>: the item's place in the source. Documented at <see cref="WorkerPool"/>'s MapAsync.</summary>
    private const string IndexKey = "Brood.ItemIndex";

    [DoesNotReturn]
    public static void Throw(Exception error, long index)
    {
        try
        {
            error.Data[IndexKey] = index;
        }
        catch (Exception)
        {
            // A type may keep its data for itself; it ends the map without the note.
        }
        ExceptionDispatchInfo.Throw(error);
    }
}
