using System.Runtime.InteropServices;
using Brood.Memory;
using Brood.Transfer;

namespace Brood.Channel;

/// <summary>Makes the payload of a record of a value: as it is, or with its large parts in the bulk area and a table of them.</summary>
internal static class BulkAssembler
{
    public static bool FitsInline(ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks) =>
        blocks.IsEmpty && inline.Length <= RecordLayout.MaxPayloadBytes;

    /// <param name="offsets">The blocks that were taken, to be released if the record is not sent.</param>
    /// <exception cref="TransferException">The bulk area is full.</exception>
    public static byte[] Assemble(
        BulkSender bulk, ref FrameHeader header, ReadOnlySpan<byte> inline, ReadOnlySpan<Block> blocks, out long[] offsets)
    {
        FrameFlags flags = header.Flags | FrameFlags.Blocks;
        int tableBytes = BulkLayout.TableCountBytes + ((blocks.Length + 1) * BulkLayout.TableEntryBytes);
        bool inlineInBulk = inline.Length > RecordLayout.MaxPayloadBytes - tableBytes;
        int count = blocks.Length + (inlineInBulk ? 1 : 0);
        if (tableBytes > RecordLayout.MaxPayloadBytes)
        {
            throw new TransferException(
                $"The value holds {blocks.Length:N0} large arrays or strings; one call carries at most "
                + $"{RecordLayout.MaxPayloadBytes / BulkLayout.TableEntryBytes:N0}. Put them into fewer, larger ones.");
        }
        offsets = new long[count];
        var table = new long[count * 2];
        int done = 0;
        try
        {
            if (inlineInBulk)
            {
                flags |= FrameFlags.InlineInBulk;
                table[0] = offsets[0] = bulk.Write(inline);
                table[1] = inline.Length;
                done = 1;
            }
            foreach (ref readonly Block block in blocks)
            {
                table[2 * done] = offsets[done] = bulk.Write(block);
                table[(2 * done) + 1] = block.LengthBytes;
                done++;
            }
        }
        catch
        {
            bulk.Release(offsets.AsSpan(0, done));
            throw;
        }
        header = header with { Flags = flags };
        int inlineBytes = inlineInBulk ? 0 : inline.Length;
        var payload = new byte[inlineBytes + (count * BulkLayout.TableEntryBytes) + BulkLayout.TableCountBytes];
        inline[..inlineBytes].CopyTo(payload);
        MemoryMarshal.AsBytes(table.AsSpan()).CopyTo(payload.AsSpan(inlineBytes));
        MemoryMarshal.Write(payload.AsSpan(payload.Length - BulkLayout.TableCountBytes), count);
        return payload;
    }
}
