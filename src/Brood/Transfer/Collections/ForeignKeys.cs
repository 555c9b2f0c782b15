using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>Keys that an untrusted writer chose: what would make building a collection of them endless is refused before it is built.</summary>
/// <remarks>
/// Two things would. Keys that fall into one bucket cost the square of their number; how many fall where is counted first,
/// for the number of buckets that the collection is going to have. And keys whose equality is made of that of their
/// parts (records, tuples) may contain themselves, or unfold to more parts than there are atoms.
/// </remarks>
internal static class ForeignKeys
{
    /// <summary>So few that it does not matter where they fall.</summary>
    private const int FewKeys = 64;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_parts = new();

    /// <summary>Whether <see cref="CheckHashes"/> must see the keys before they are added.</summary>
    public static bool MayCollide<TKey>(in TransferReader reader, int count, IEqualityComparer<TKey>? comparer) =>
        comparer is not null && count > FewKeys && !reader.Policy.TrustAll
        // The framework hashes strings with a secret of this process, or changes over to that when they collide.
        && !(typeof(TKey) == typeof(string) && OwnTypes.IsFramework(comparer.GetType().Assembly));

    public static void CheckHashes<TKey>(
        ref TransferReader reader, IReadOnlyList<TKey> keys, IEqualityComparer<TKey> comparer, params ReadOnlySpan<int> bucketCounts)
    {
        var hashes = new int[keys.Count];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = keys[i] is { } key ? comparer.GetHashCode(key) : 0;
        }
        foreach (int bucketCount in bucketCounts)
        {
            var lengths = new int[bucketCount];
            long comparisons = 0;
            foreach (int hash in hashes)
            {
                comparisons += lengths[(uint)hash % (uint)bucketCount]++;
            }
            // Keys that fall by chance cost about half a comparison each.
            reader.ChargeComparisons(comparisons - 2L * hashes.Length);
        }
    }

    /// <summary>For a hashed collection that is built at once.</summary>
    public static void CheckHashed<TKey>(ref TransferReader reader, TKey[] keys, IEqualityComparer<TKey>? comparer, bool areComplete)
    {
        comparer ??= EqualityComparer<TKey>.Default;
        CheckSorted(ref reader, keys, areComplete);
        if (MayCollide(reader, keys.Length, comparer))
        {
            CheckHashes(ref reader, keys, comparer, BucketCount(keys.Length));
        }
    }

    /// <summary>For a sorted collection that is built at once.</summary>
    public static void CheckSorted<TKey>(ref TransferReader reader, TKey[] keys, bool areComplete)
    {
        if (!areComplete)
        {
            CheckParts(reader, keys.Select(static key => (object?)key));
        }
    }

    /// <summary>The number of buckets of a hash table of the framework that is made for this many items.</summary>
    public static int BucketCount(int count) => new HashSet<byte>(count).Capacity;

    /// <summary>Checks keys that refer to what was read before them: only they can be deeper than what is read at once.</summary>
    public static void CheckParts(in TransferReader reader, IEnumerable<object?> keys)
    {
        if (reader.Policy.TrustAll)
        {
            return;
        }
        var counts = new Dictionary<object, long>(ReferenceEqualityComparer.Instance);
        foreach (object? key in keys)
        {
            CountParts(key, 0, counts);
        }
    }

    private static long CountParts(object? value, int depth, Dictionary<object, long> counts)
    {
        const long open = -1;
        if (value is null || PartsOf(value.GetType()) is not { Length: > 0 } fields)
        {
            return 1;
        }
        if (counts.TryGetValue(value, out long known))
        {
            return known != open ? known : throw TransferReader.Damaged("a key contains itself");
        }
        if (depth == TransferLimits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TransferReader.Damaged($"a key nests deeper than {TransferLimits.MaxDepth} levels");
        }
        counts[value] = open;
        long count = 1;
        foreach (FieldInfo field in fields)
        {
            count += CountParts(field.GetValue(value), depth + 1, counts);
            if (count > TransferLimits.MaxKeyParts)
            {
                throw TransferReader.Damaged($"a key has more than {TransferLimits.MaxKeyParts:N0} parts");
            }
        }
        counts[value] = count;
        return count;
    }

    // Only what the compiler or the framework compares part by part. What people wrote is theirs.
    private static FieldInfo[] PartsOf(Type type) => s_parts.GetOrAdd(type, static type =>
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type.IsArray || !ComparesParts(type))
        {
            return [];
        }
        List<FieldInfo> parts = [];
        for (Type? level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            parts.AddRange(level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        }
        return [.. parts.Where(field => !field.FieldType.IsPrimitive && field.FieldType != typeof(string))];
    });

    private static bool ComparesParts(Type type)
    {
        MethodInfo hash = type.GetMethod(nameof(GetHashCode), [])!;
        return hash.DeclaringType == typeof(ValueType) || typeof(ITuple).IsAssignableFrom(type)
            || hash.IsDefined(typeof(CompilerGeneratedAttribute)) || hash.DeclaringType!.IsDefined(typeof(CompilerGeneratedAttribute));
    }
}
