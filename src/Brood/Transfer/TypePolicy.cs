namespace Brood.Transfer;

/// <summary>Which types may be built from a payload where the declared type leaves it open.</summary>
internal sealed class TypePolicy
{
    /// <summary>The worker reads what its own host wrote: any type that the host named.</summary>
    public static readonly TypePolicy TrustHost = new(null, trustAll: true);

    /// <summary>The host reads what a worker wrote: declared types, own assemblies, known framework data types.</summary>
    public static readonly TypePolicy Default = new(null, trustAll: false);

    private TypePolicy(IReadOnlyCollection<Type>? knownTypes, bool trustAll)
    {
        KnownTypes = knownTypes;
        TrustAll = trustAll;
    }

    public IReadOnlyCollection<Type>? KnownTypes { get; }

    public bool TrustAll { get; }

    public static TypePolicy Only(IReadOnlyCollection<Type> knownTypes) => new(knownTypes, trustAll: false);
}
