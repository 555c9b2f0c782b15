namespace Brood.Transfer;

/// <summary>Codecs of framework structs that are neither plain bytes nor the sum of their fields.</summary>
internal static class FrameworkValues
{
    public static Codec? Find(Type type)
    {
        if (!OwnTypes.IsFramework(type.Assembly) || FrameworkTypes.KindOf(type) != FrameworkKind.Special)
        {
            return null;
        }
        return null;
    }
}
