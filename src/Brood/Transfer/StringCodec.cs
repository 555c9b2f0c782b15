using System.Runtime.InteropServices;
using System.Text;

namespace Brood.Transfer;

/// <summary>Strings, every UTF-16 unit as it is: unpaired surrogates arrive too.</summary>
/// <remarks>
/// Layout: 0 for null, else 1 + (length &lt;&lt; 2 | form), then the characters: a byte each where all are below 256,
/// else two, or in a block of their own. Strings are not tracked by identity.
/// </remarks>
internal sealed class StringCodec : Codec<string?>
{
    private const int Narrow = 0, Wide = 1, InBlock = 2;

    public override void Write(TransferWriter writer, string? value)
    {
        if (value is null)
        {
            writer.WriteByte(0);
            return;
        }
        long lengthBytes = value.Length * 2L;
        if (lengthBytes >= TransferLimits.BlockThresholdBytes)
        {
            WriteHeader(writer, value.Length, InBlock);
            writer.WriteBlock(new Block(value, 0, (nint)lengthBytes));
        }
        else if (value.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF'))
        {
            WriteHeader(writer, value.Length, Wide);
            writer.WriteBytes(MemoryMarshal.AsBytes(value.AsSpan()));
        }
        else
        {
            WriteHeader(writer, value.Length, Narrow);
            Encoding.Latin1.GetBytes(value, writer.Take(value.Length));
        }
    }

    public override string? Read(ref TransferReader reader)
    {
        ulong header = reader.ReadVarint();
        if (header == 0)
        {
            return null;
        }
        ulong length = (header - 1) >> 2;
        if (length > int.MaxValue / 2)
        {
            throw TransferReader.Damaged("a string is too long");
        }
        switch ((header - 1) & 3)
        {
            case Narrow:
                return Encoding.Latin1.GetString(reader.ReadBytes((int)length));
            case Wide:
                return new string(MemoryMarshal.Cast<byte, char>(reader.ReadBytes((int)length * 2)));
            case InBlock:
                BlockView block = reader.ReadBlock((long)length * 2);
                return string.Create((int)length, block,
                    static (target, source) => source.CopyTo(0, MemoryMarshal.AsBytes(target)));
            default:
                throw TransferReader.Damaged("a string has no known form");
        }
    }

    private static void WriteHeader(TransferWriter writer, int length, int form) =>
        writer.WriteVarint(1 + ((ulong)length << 2 | (uint)form));
}
