using Brood.Transfer.Zoo;

namespace Brood.Transfer;

/// <summary>Damages valid payloads and reads them as a host would read a worker's, or as a worker would read its host's.</summary>
/// <remarks>A run is told by its seed and count. Whatever it finds names the seed of the one case.</remarks>
internal sealed class FuzzTransfer
{
    /// <summary>What one decode may allocate, beyond a multiple of the bytes that there are.</summary>
    private const long AllowedBytes = 1 << 20;

    /// <summary>A class instance or a hash table slot is this much larger than its smallest form in bytes.</summary>
    private const long AllowedBytesPerByte = 256;

    private readonly List<(ZooEntry Entry, Payload Payload)> _valid = [];

    private readonly TypePolicy _policy;

    private FuzzTransfer(TypePolicy policy)
    {
        _policy = policy;
        foreach (ZooEntry entry in TransferZoo.All)
        {
            foreach (Type declared in (Type[])[entry.Declared, typeof(object)])
            {
                Payload payload = TransferHarness.Write(entry.Value, declared, policy);
                if (payload.Inline.Length <= 4_096)
                {
                    _valid.Add((entry with { Declared = declared }, payload));
                }
            }
        }
    }

    /// <summary>The outcome: how many were read after all, and how many were refused.</summary>
    /// <param name="trustsWriter">Whether to read as a worker does.</param>
    public static (int Read, int Refused) Run(bool trustsWriter, int seed, int count, Action<string> fail)
    {
        // A policy of its own: the types that are made up must not use up those of other tests.
        var fuzz = new FuzzTransfer(trustsWriter ? TypePolicy.TrustHost : TypePolicy.MakeDefault());
        int read = 0;
        for (int i = 0; i < count; i++)
        {
            int caseSeed = unchecked(seed * 31 + i);
            if (fuzz.TryOne(caseSeed, fail))
            {
                read++;
            }
        }
        return (read, count - read);
    }

    private bool TryOne(int seed, Action<string> fail)
    {
        var random = new Random(seed);
        (ZooEntry entry, Payload payload) = _valid[random.Next(_valid.Count)];
        byte[] inline = Mutate(payload.Inline, random);
        byte[][] large = payload.Large;
        if (large.Length > 0 && random.Next(2) == 0)
        {
            large = [.. large.Select(block => block[..random.Next(block.Length)])];
        }
        long bytes = inline.Length + large.Sum(block => (long)block.Length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool wasRead = false;
        try
        {
            var reader = new TransferReader(inline, new Blocks(large), null, _policy);
            object? value = Codec.For(entry.Declared).ReadBoxed(ref reader);
            wasRead = true;
            if (value is not null && !entry.Declared.IsInstanceOfType(value))
            {
                fail($"seed {seed}: {entry.Name} became a {value.GetType()}");
            }
            if (value is not null && entry.Declared == typeof(object) && _policy.Judge(BodyCodec.For(value.GetType()).Type) is { } refusal)
            {
                fail($"seed {seed}: {entry.Name} became a {value.GetType()}, {refusal.Why}");
            }
        }
        catch (TransferException)
        {
        }
        catch (Exception e)
        {
            fail($"seed {seed}: {entry.Name} as {entry.Declared}: {e}");
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllowedBytes + AllowedBytesPerByte * bytes)
        {
            fail($"seed {seed}: {entry.Name} as {entry.Declared}: {bytes} bytes made the reader allocate {allocated:N0}");
        }
        return wasRead;
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        List<byte> bytes = [.. source];
        int changes = 1 + random.Next(4);
        for (int i = 0; i < changes && bytes.Count > 0; i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 17), bytes.Count - at)));
                    break;
                case 5:
                    bytes[at] = (byte)random.Next(5);
                    break;
                default:
                    bytes.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
                    break;
            }
        }
        return [.. bytes];
    }
}

public class FuzzTests
{
    /// <summary>Raises the number of mutations, for a long run.</summary>
    private const string CountVariable = "BROOD_FUZZ_COUNT";

    private const int DefaultCount = 150_000;

    [Fact]
    public void A_host_makes_of_damaged_bytes_a_value_or_a_TransferException_and_allocates_little() => Run(trustsWriter: false);

    [Fact]
    public void A_worker_makes_of_damaged_bytes_a_value_or_a_TransferException_and_allocates_little() => Run(trustsWriter: true);

    private static void Run(bool trustsWriter)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable(CountVariable), out int wanted) ? wanted : DefaultCount;
        int seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage("fuzz seed {0}, {1:N0} mutations", seed, count);
        var failures = new List<string>();
        (int read, int refused) = FuzzTransfer.Run(trustsWriter, seed, count, message =>
        {
            if (failures.Count < 20)
            {
                failures.Add(message);
            }
        });
        Assert.True(failures.Count == 0, $"run seed {seed}\n{string.Join("\n", failures)}");
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {read:N0} read, {refused:N0} refused");
    }
}
