namespace Brood.Transfer;

/// <summary>Bodies of framework classes, and of what the application derives from them.</summary>
internal static class FrameworkBodies
{
    /// <param name="type">The run-time type.</param>
    /// <param name="known">The class of the list that it is or derives from.</param>
    public static BodyCodec Make(Type type, Type known)
    {
        bool isOwn = !OwnTypes.IsFramework(type.Assembly);
        string name = (known.IsConstructedGenericType ? known.GetGenericTypeDefinition() : known).FullName!;
        Type? collection = CollectionBodies.Find(name);
        if (collection is not null)
        {
            return (BodyCodec)Activator.CreateInstance(collection.MakeGenericType(known.GetGenericArguments()), type, known)!;
        }
        return new RefusedBody(type, isOwn ? RefusedFamilies.UnknownFrameworkBase(known) : RefusedFamilies.UnknownFrameworkType);
    }
}
