namespace Brood.Repository;

/// <summary>C# with comments and the contents of literals turned into blanks, so that rules see code alone. Line breaks stay.</summary>
internal sealed class CodeText
{
    private readonly string _text;
    private readonly char[] _code;
    private int _position;

    private CodeText(string text)
    {
        _text = text;
        _code = text.ToCharArray();
    }

    public static string Of(string text)
    {
        var code = new CodeText(text);
        code.SkipCode(untilBraces: 0);
        return new string(code._code);
    }

    private char Next(int ahead = 0) => _position + ahead < _text.Length ? _text[_position + ahead] : '\0';

    private bool Sees(string word) => string.CompareOrdinal(_text, _position, word, 0, word.Length) == 0;

    private int Run(char c)
    {
        int count = 0;
        while (Next(count) == c)
        {
            count++;
        }
        return count;
    }

    private void Blank(int count)
    {
        for (int i = 0; i < count && _position < _text.Length; i++, _position++)
        {
            if (_code[_position] is not ('\n' or '\r'))
            {
                _code[_position] = ' ';
            }
        }
    }

    /// <param name="untilBraces">0: to the end; else so many closing braces end the hole of an interpolated string.</param>
    private void SkipCode(int untilBraces)
    {
        int depth = 0;
        while (_position < _text.Length)
        {
            if (Sees("//"))
            {
                int end = _text.IndexOf('\n', _position);
                Blank((end < 0 ? _text.Length : end) - _position);
            }
            else if (Sees("/*"))
            {
                int end = _text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
                Blank((end < 0 ? _text.Length : end + 2) - _position);
            }
            else if (Next() == '\'')
            {
                SkipQuoted('\'');
            }
            else if (Next() is '"' or '$' or '@' && SkipString())
            {
            }
            else if (untilBraces > 0 && depth == 0 && Next() == '}')
            {
                return;
            }
            else
            {
                depth += Next() == '{' ? 1 : Next() == '}' ? -1 : 0;
                _position++;
            }
        }
    }

    private bool SkipString()
    {
        int prefix = 0;
        int dollars = 0;
        bool verbatim = false;
        for (; Next(prefix) is '$' or '@'; prefix++)
        {
            dollars += Next(prefix) == '$' ? 1 : 0;
            verbatim |= Next(prefix) == '@';
        }
        if (Next(prefix) != '"')
        {
            return false;
        }
        _position += prefix;
        int quotes = Run('"');
        if (quotes >= 3)
        {
            SkipInside(new string('"', quotes), verbatim: true, isRaw: true, dollars);
        }
        else if (dollars == 0 && !verbatim)
        {
            SkipQuoted('"');
        }
        else
        {
            SkipInside("\"", verbatim, isRaw: false, dollars);
        }
        return true;
    }

    private void SkipQuoted(char quote)
    {
        Blank(1);
        while (_position < _text.Length && Next() != quote && Next() != '\n')
        {
            Blank(Next() == '\\' ? 2 : 1);
        }
        Blank(1);
    }

    private void SkipInside(string quote, bool verbatim, bool isRaw, int dollars)
    {
        Blank(quote.Length);
        while (_position < _text.Length)
        {
            int braces = dollars > 0 ? Run('{') : 0;
            if (Sees(quote) && (isRaw || !verbatim || Next(1) != '"'))
            {
                Blank(quote.Length);
                return;
            }
            if (braces >= dollars && braces > 0 && (isRaw || braces % 2 == 1))
            {
                Blank(braces);
                SkipCode(dollars);
                Blank(dollars);
            }
            else
            {
                Blank(Math.Max(braces, (Next() == '\\' && !verbatim) || (verbatim && !isRaw && Sees("\"\"")) ? 2 : 1));
            }
        }
    }
}
