using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>Every limit of the transfer, by name.</summary>
internal static class TransferLimits
{
    /// <summary>The most bytes that one payload may have inline, large blocks not counted.</summary>
    public const int MaxInlineBytes = 1 << 30;

    /// <summary>How deep values may nest.</summary>
    public const int MaxDepth = 512;

    /// <summary>How deep type arguments may nest in a type that the bytes name.</summary>
    public const int MaxTypeDepth = 16;

    /// <summary>How many different constructed types are built, in a policy's life, because untrusted bytes named them.</summary>
    public const int MaxForeignTypes = 4096;

    /// <summary>How many comparisons of keys that fall into one bucket an untrusted payload may cost.</summary>
    public const int MaxKeyComparisons = 1 << 24;

    /// <summary>How many parts a key may unfold to that an untrusted payload holds.</summary>
    public const int MaxKeyParts = 1 << 20;

    /// <summary>From this size on, arrays and strings of plain data travel as blocks of their own.</summary>
    public const int BlockThresholdBytes = 32 * 1024;

    /// <summary>How often a class crosses by reflection before its accessors are compiled.</summary>
    public const int UsesBeforeCompiling = 500;

    public static void CheckDepth(int depth)
    {
        if (depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TransferException(
                $"The value nests deeper than {depth - 1:N0} levels. Pass deep structures as a list of their nodes.");
        }
    }
}
