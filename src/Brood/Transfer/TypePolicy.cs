namespace Brood.Transfer;

/// <summary>Which types may be built from a payload where the declared type leaves it open.</summary>
internal sealed class TypePolicy
{
    /// <summary>The worker reads what its own host wrote: any type that the host named.</summary>
    public static readonly TypePolicy TrustHost = new(null, trustAll: true);

    /// <summary>The host reads what a worker wrote: declared types, own assemblies, known framework data types.</summary>
    public static readonly TypePolicy Default = MakeDefault();

    private readonly ForeignTypes _foreign = new();

    private TypePolicy(IReadOnlyCollection<Type>? knownTypes, bool trustAll)
    {
        KnownTypes = knownTypes;
        TrustAll = trustAll;
    }

    public IReadOnlyCollection<Type>? KnownTypes { get; }

    public bool TrustAll { get; }

    /// <summary>As <see cref="Default"/>, with a count of its own towards <see cref="TransferLimits.MaxForeignTypes"/>.</summary>
    public static TypePolicy MakeDefault() => new(null, trustAll: false);

    public static TypePolicy Only(IReadOnlyCollection<Type> knownTypes) => new(knownTypes, trustAll: false);

    /// <summary>Why an object of this type may not be built because the bytes name it; null if it may.</summary>
    /// <remarks>Where a type comes from was settled when its name was looked up, see <see cref="TypeNames"/>.</remarks>
    public Refusal? Judge(Type type)
    {
        if (TrustAll)
        {
            return null;
        }
        BodyCodec body = BodyCodec.For(type);
        if (body.Refusal is { } refusal)
        {
            return refusal;
        }
        if (body.NeedsTrust)
        {
            return new Refusal("which names code and is not accepted from a worker", "Return data instead.");
        }
        if (KnownTypes is not null && !body.IsHarmless && !IsKnown(type))
        {
            return new Refusal(
                "which the host does not list",
                $"Add it: {nameof(WorkerOptions)}.KnownTypes = [typeof({TypeNames.Short(type)})].");
        }
        return JudgeName(type) ?? JudgeArguments(type);
    }

    /// <summary>Makes a type that the bytes name by its parts.</summary>
    public Type Construct(Type definition, ReadOnlySpan<Type> arguments, int rank) => TrustAll
        ? ForeignTypes.Make(definition, arguments, rank)
        : _foreign.Get(definition, arguments, rank);

    // List<Stream> is no more welcome than a stream.
    private static Refusal? JudgeArguments(Type type)
    {
        if (type.IsArray)
        {
            return JudgePart(type.GetElementType()!);
        }
        if (!type.IsConstructedGenericType)
        {
            return null;
        }
        foreach (Type argument in type.GetGenericArguments())
        {
            if (JudgePart(argument) is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    private static Refusal? JudgePart(Type part) => Codec.For(part).Refusal ?? JudgeName(part) ?? JudgeArguments(part);

    // The framework's types are looked up in the list only; the parts of a constructed type are judged one by one.
    private static Refusal? JudgeName(Type type)
    {
        Type definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        return type.IsArray || !OwnTypes.IsFramework(type.Assembly) || FrameworkTypes.TryIndexOf(definition, out _) ? null
            : new Refusal(
                "a framework type that is not accepted by name",
                "Declare it as the result's type instead of object or an interface.");
    }

    // A list of known types is known: nothing can be built by it that could not be built without it.
    private bool IsKnown(Type type)
    {
        if (Contains(type) || Type.GetTypeCode(type) != TypeCode.Object && !type.IsEnum)
        {
            return true;
        }
        if (type.IsArray)
        {
            return IsKnown(type.GetElementType()!);
        }
        if (!type.IsConstructedGenericType || !Contains(type.GetGenericTypeDefinition()))
        {
            return false;
        }
        foreach (Type argument in type.GetGenericArguments())
        {
            if (!IsKnown(argument))
            {
                return false;
            }
        }
        return true;
    }

    private bool Contains(Type type)
    {
        foreach (Type known in KnownTypes!)
        {
            if (known == type)
            {
                return true;
            }
        }
        return false;
    }
}
