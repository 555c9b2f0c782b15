using System.Text;

namespace Brood.Workers;

/// <summary>Makes whole lines of the bytes of one stream.</summary>
internal sealed class LineAssembler(Action<string> emit)
{
    /// <summary>A longer line is cut here: nothing may grow without limit.</summary>
    public const int MaxLineBytes = 1 << 20;

    private readonly MemoryStream _partial = new();

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..end];
            int room = MaxLineBytes - (int)_partial.Length;
            if (part.Length > room)
            {
                _partial.Write(part[..room]);
                EmitPartial();
                bytes = bytes[room..];
                continue;
            }
            _partial.Write(part);
            if (end < 0)
            {
                return;
            }
            EmitPartial();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>The stream has ended; what it wrote last is a line, too.</summary>
    public void Complete()
    {
        if (_partial.Length > 0)
        {
            EmitPartial();
        }
    }

    private void EmitPartial()
    {
        ReadOnlySpan<byte> line = _partial.GetBuffer().AsSpan(0, (int)_partial.Length);
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }
        emit(Encoding.UTF8.GetString(line));
        _partial.SetLength(0);
    }
}
