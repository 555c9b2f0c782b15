namespace Brood.Workers;

/// <summary>Whether the thread that makes a call reads the answer itself.</summary>
internal enum WaitInline
{
    /// <summary>Others read it.</summary>
    No,

    /// <summary>As long as looking for it pays.</summary>
    Briefly,

    /// <summary>Until it is there, sleeping if need be.</summary>
    UntilDone,
}
