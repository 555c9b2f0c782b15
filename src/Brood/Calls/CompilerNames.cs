namespace Brood.Calls;

/// <summary>The names that compilers give to what a lambda becomes. No name that a user types can look like these.</summary>
internal static class CompilerNames
{
    /// <summary>A class that holds captured variables, or the singleton of the lambdas that capture none.</summary>
    public static bool IsClosure(Type type) =>
        type.Name.StartsWith("<>c", StringComparison.Ordinal) || type.Name.StartsWith("_Closure$__", StringComparison.Ordinal);

    /// <summary>The class or struct that an async method or an iterator becomes: <c>&lt;Run&gt;d__3</c>.</summary>
    public static bool IsStateMachine(Type type) =>
        (type.Name.StartsWith('<') && type.Name.Contains(">d", StringComparison.Ordinal))
        || type.Name.StartsWith("VB$StateMachine_", StringComparison.Ordinal);

    /// <summary>A lambda's or a local function's method: <c>&lt;Run&gt;b__0_1</c>, <c>&lt;Run&gt;g__Square|0_2</c>.</summary>
    public static bool IsLambdaOrLocalFunction(string methodName) =>
        TryParseFunction(methodName, out _, out _) || methodName.StartsWith("_Lambda$__", StringComparison.Ordinal);

    /// <param name="localName">The local function's name; empty for a lambda.</param>
    public static bool TryParseFunction(string methodName, out ReadOnlySpan<char> container, out ReadOnlySpan<char> localName)
    {
        container = default;
        localName = default;
        int end = EndOfBrackets(methodName);
        if (end < 0 || methodName.Length < end + 4)
        {
            return false;
        }
        ReadOnlySpan<char> kind = methodName.AsSpan(end + 1, 3);
        if (kind is not "b__" and not "g__")
        {
            return false;
        }
        container = methodName.AsSpan(1, end - 1);
        if (kind is "g__")
        {
            localName = methodName.AsSpan(end + 4);
            int bar = localName.LastIndexOf('|');
            localName = bar < 0 ? localName : localName[..bar];
        }
        return true;
    }

    /// <summary>Whether a closure's field only keeps the delegate of an inner lambda for its next use.</summary>
    public static bool IsDelegateCache(string fieldName) => fieldName.StartsWith("<>9__", StringComparison.Ordinal);

    /// <summary>The variable's name as it stands in the source.</summary>
    public static string Variable(string fieldName)
    {
        if (fieldName.EndsWith("4__this", StringComparison.Ordinal) || fieldName == "$VB$Me")
        {
            return "this";
        }
        if (fieldName.StartsWith("$VB$Local_", StringComparison.Ordinal))
        {
            return fieldName["$VB$Local_".Length..];
        }
        int end = EndOfBrackets(fieldName);
        return end > 1 ? fieldName[1..end] : fieldName;
    }

    /// <returns>The index of the bracket that closes the one at 0; -1 if there is none.</returns>
    public static int EndOfBrackets(string name)
    {
        int depth = 0;
        for (int index = 0; index < name.Length; index++)
        {
            depth += name[index] switch { '<' => 1, '>' => -1, _ => 0 };
            if (depth == 0)
            {
                return index == 0 ? -1 : index;
            }
        }
        return -1;
    }
}
