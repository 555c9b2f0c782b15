using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>The target of a function that is not a closure: an instance, or the first argument of an extension method.</summary>
internal sealed class WholeTarget
{
    private readonly Type _type;
    private readonly Func<Type, Codec> _codecs;

    // Made at first use, by whichever thread comes first; a second one would be equal.
    private Codec? _codec;

    private WholeTarget(Type type, string place, Func<Type, Codec> codecs)
    {
        _type = type;
        Place = place;
        _codecs = codecs;
    }

    /// <summary>How messages call it: <c>captured 'this'</c>.</summary>
    public string Place { get; }

    public static WholeTarget Of(MethodInfo method, Type targetType, Func<Type, Codec> codecs)
    {
        if (method.IsStatic && method.GetParameters() is [{ } first, ..])
        {
            return new WholeTarget(first.ParameterType, $"captured '{first.Name}'", codecs);
        }
        // A lambda that uses nothing but 'this' is an instance method of the class around it.
        string place = CompilerNames.IsLambdaOrLocalFunction(method.Name)
            ? "captured 'this'"
            : $"instance of {FunctionName.OfType(targetType)}";
        return new WholeTarget(targetType, place, codecs);
    }

    public void WriteShape(TransferWriter writer)
    {
        TypeIdentity.Write(writer, _type);
        writer.WriteText(Place);
    }

    public static WholeTarget ReadShape(ref TransferReader reader, Func<Type, Codec> codecs) =>
        new(TypeIdentity.Read(ref reader), reader.ReadText() ?? "", codecs);

    public void Write(TransferWriter writer, object target)
    {
        try
        {
            (_codec ??= _codecs(_type)).WriteBoxed(writer, target);
        }
        catch (TransferException e)
        {
            throw TransferPath.Under(Place, e);
        }
    }

    public object? Read(ref TransferReader reader)
    {
        try
        {
            return (_codec ??= _codecs(_type)).ReadBoxed(ref reader);
        }
        catch (TransferException e)
        {
            throw TransferPath.Under(Place, e);
        }
    }
}
