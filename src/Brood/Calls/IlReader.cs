using System.Buffers.Binary;

namespace Brood.Calls;

/// <summary>Walks the instructions of a method body and stops at those that name a field or a method.</summary>
internal ref struct IlReader(ReadOnlySpan<byte> il)
{
    private const int TwoBytes = 0xFE;
    private const int Switch = 0x45;

    private readonly ReadOnlySpan<byte> _il = il;
    private int _position;

    /// <summary>What the instruction does with the member that it names.</summary>
    public IlUse Use { get; private set; }

    /// <summary>The member, in the module of the method.</summary>
    public int Token { get; private set; }

    /// <exception cref="InvalidDataException">These are not instructions.</exception>
    public bool MoveNext()
    {
        while (_position < _il.Length)
        {
            int code = _il[_position++];
            if (code == TwoBytes)
            {
                code = (TwoBytes << 8) | Take(1)[0];
            }
            int operandBytes = OperandBytes(code);
            ReadOnlySpan<byte> operand = Take(operandBytes);
            if (code == Switch)
            {
                Take(checked(4 * BinaryPrimitives.ReadInt32LittleEndian(operand)));
            }
            Use = UseOf(code);
            if (Use != IlUse.None)
            {
                Token = BinaryPrimitives.ReadInt32LittleEndian(operand);
                return true;
            }
        }
        return false;
    }

    /// <summary>How many bytes follow the opcode. Source: ECMA-335, partition III.</summary>
    /// <param name="code">One byte, or 0xFE and a second byte.</param>
    internal static int OperandBytes(int code) => code switch
    {
        >= 0x0E and <= 0x13 => 1, // ldarg.s … stloc.s
        0x1F => 1, // ldc.i4.s
        0x20 or 0x22 => 4, // ldc.i4, ldc.r4
        0x21 or 0x23 => 8, // ldc.i8, ldc.r8
        >= 0x27 and <= 0x29 => 4, // jmp, call, calli
        >= 0x2B and <= 0x37 => 1, // short branches
        >= 0x38 and <= 0x45 => 4, // branches, the count of switch
        >= 0x6F and <= 0x75 => 4, // callvirt … isinst
        0x79 => 4, // unbox
        >= 0x7B and <= 0x81 => 4, // ldfld … stobj
        0x8C or 0x8D or 0x8F => 4, // box, newarr, ldelema
        >= 0xA3 and <= 0xA5 => 4, // ldelem, stelem, unbox.any
        0xC2 or 0xC6 or 0xD0 => 4, // refanyval, mkrefany, ldtoken
        0xDD => 4, // leave
        0xDE => 1, // leave.s
        0xFE06 or 0xFE07 => 4, // ldftn, ldvirtftn
        >= 0xFE09 and <= 0xFE0E => 2, // ldarg … stloc
        0xFE12 or 0xFE19 => 1, // unaligned., no.
        0xFE15 or 0xFE16 or 0xFE1C => 4, // initobj, constrained., sizeof
        _ => 0,
    };

    private static IlUse UseOf(int code) => code switch
    {
        0x7B or 0x7C => IlUse.ReadField, // ldfld, ldflda
        0x7D => IlUse.WriteField, // stfld
        0x27 or 0x28 or 0x6F or 0x73 or 0xFE06 or 0xFE07 => IlUse.Method, // jmp, call, callvirt, newobj, ldftn, ldvirtftn
        0xD0 => IlUse.Any, // ldtoken: an expression tree names a captured variable in this way
        _ => IlUse.None,
    };

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)(_il.Length - _position))
        {
            throw new InvalidDataException("The method body ends in the middle of an instruction.");
        }
        ReadOnlySpan<byte> taken = _il.Slice(_position, count);
        _position += count;
        return taken;
    }
}

/// <summary>How an instruction uses the member that it names.</summary>
internal enum IlUse : byte
{
    None,
    ReadField,
    WriteField,
    Method,
    Any,
}
