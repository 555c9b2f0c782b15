namespace Brood.Pool.Mapping;

/// <summary>How many items to send at a time: enough that sending costs little, so few that nobody waits long for a chunk.</summary>
/// <remarks>Guarded by the map's lock.</remarks>
/// <param name="fixedSize">0: it adapts.</param>
/// <param name="maxServed">How many items a worker may be given in its life; 0: no limit.</param>
internal sealed class ChunkSizer(int fixedSize, int maxServed, TimeProvider clock)
{
    /// <summary>A chunk should take about this long.</summary>
    private static readonly TimeSpan s_target = TimeSpan.FromMilliseconds(1);

    /// <summary>The most items in a chunk, however small they are.</summary>
    public const int MaxItems = 16 * 1024;

    /// <summary>A size grows at most by this factor at a time: the first items may be the short ones.</summary>
    private const int MaxGrowth = 8;

    /// <summary>A worker that cannot take the next chunk whole is replaced: chunks that adapt take no more than a quarter of its life.</summary>
    private const int ChunksPerLife = 4;

    private readonly int _maxItems = maxServed > 0 ? Math.Clamp(maxServed / ChunksPerLife, 1, MaxItems) : MaxItems;

    public int Size { get; private set; } = fixedSize == 0 ? 1 : maxServed > 0 ? Math.Min(fixedSize, maxServed) : fixedSize;

    /// <summary>A chunk took so long.</summary>
    public void Took(int items, long ticks)
    {
        if (fixedSize > 0 || items == 0)
        {
            return;
        }
        double ticksPerItem = Math.Max(1.0, ticks) / items;
        double fitting = s_target.TotalSeconds * clock.TimestampFrequency / ticksPerItem;
        Size = (int)Math.Clamp(fitting, 1, Math.Min((double)Size * MaxGrowth, _maxItems));
    }
}
