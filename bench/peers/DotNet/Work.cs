namespace Brood.Bench.Peers;

/// <summary>What the workers run: the same functions in every peer.</summary>
internal static class Work
{
    private const int PieceTurns = 10_000_000;

    public static int Increment(int value) => value + 1;

    public static int[] IncrementAll(int[] values)
    {
        int[] results = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            results[i] = Increment(values[i]);
        }
        return results;
    }

    public static byte[] Echo(byte[] data) => data;

    public static int Hang(int value)
    {
        while (true)
        {
            value++;
        }
    }

    /// <summary>Some ten milliseconds of arithmetic that no compiler can shorten.</summary>
    public static uint Piece(uint state)
    {
        for (int turn = 0; turn < PieceTurns; turn++)
        {
            state = (state * 1664525) + 1013904223;
        }
        return state;
    }
}
