namespace Brood.Transfer;

/// <summary>The constructed types that untrusted bytes have named. Types are never unloaded, so their number is limited.</summary>
internal sealed class ForeignTypes
{
    private readonly Lock _gate = new();

    // Under _gate. By a hash of the parts, so that a type is looked up before it is made.
    private readonly Dictionary<int, List<Type>> _types = [];
    private int _count;

    /// <summary>The type with these parts: one that was named before, or a new one if there is room.</summary>
    /// <param name="rank">The rank of an array of <paramref name="definition"/>, -1 for a vector of it, 0 for a generic type.</param>
    public Type Get(Type definition, ReadOnlySpan<Type> arguments, int rank)
    {
        var hash = new HashCode();
        hash.Add(definition);
        hash.Add(rank);
        foreach (Type argument in arguments)
        {
            hash.Add(argument);
        }
        int key = hash.ToHashCode();
        lock (_gate)
        {
            if (!_types.TryGetValue(key, out List<Type>? bucket))
            {
                _types.Add(key, bucket = []);
            }
            foreach (Type known in bucket)
            {
                if (Is(known, definition, arguments, rank))
                {
                    return known;
                }
            }
            if (_count == TransferLimits.MaxForeignTypes)
            {
                throw new TransferException(
                    $"Workers have named more than {TransferLimits.MaxForeignTypes:N0} different constructed types. No more are accepted.");
            }
            Type made = Make(definition, arguments, rank);
            bucket.Add(made);
            _count++;
            return made;
        }
    }

    public static Type Make(Type definition, ReadOnlySpan<Type> arguments, int rank)
    {
        try
        {
            return rank < 0 ? definition.MakeArrayType()
                : rank > 0 ? definition.MakeArrayType(rank)
                : definition.MakeGenericType(arguments.ToArray());
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or NotSupportedException or IndexOutOfRangeException)
        {
            // What no type can be: an array of spans, broken constraints.
            throw TransferReader.Damaged("they name a type that cannot exist", e);
        }
    }

    private static bool Is(Type type, Type definition, ReadOnlySpan<Type> arguments, int rank) => rank == 0
        ? type.IsConstructedGenericType && type.GetGenericTypeDefinition() == definition
            && arguments.SequenceEqual(type.GetGenericArguments())
        : type.IsArray && type.GetElementType() == definition && type.IsSZArray == rank < 0 && type.GetArrayRank() == Math.Abs(rank);
}
