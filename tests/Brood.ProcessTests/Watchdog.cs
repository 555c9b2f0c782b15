namespace Brood;

/// <summary>A test that hangs fails after this, instead of keeping everybody waiting. No test is expected to come near it.</summary>
internal static class Watchdog
{
    public const int Milliseconds = 60_000;

    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(Milliseconds);
}
