using System.Reflection;
using System.Reflection.Emit;

namespace Brood.Calls;

public class IlReaderTests
{
    [Fact]
    public void The_operand_sizes_are_those_of_the_runtime()
    {
        int count = 0;
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            OpCode code = (OpCode)field.GetValue(null)!;
            if (code.OpCodeType == OpCodeType.Nternal)
            {
                continue;
            }
            int expected = code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                _ => 4,
            };
            Assert.True(expected == IlReader.OperandBytes((ushort)code.Value), $"{code.Name} has {expected} bytes of operand.");
            count++;
        }
        Assert.True(count > 200);
    }

    [Fact]
    public void Every_method_body_of_the_framework_is_read_to_its_end()
    {
        const BindingFlags All =
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        int named = 0;
        foreach (Type type in typeof(System.Text.Json.JsonSerializer).Assembly.GetTypes())
        {
            foreach (MethodInfo method in type.GetMethods(All))
            {
                if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
                {
                    continue;
                }
                IlReader reader = new(il);
                while (reader.MoveNext())
                {
                    Assert.Contains(reader.Token >> 24, (int[])[0x01, 0x02, 0x04, 0x06, 0x0A, 0x1B, 0x2B]);
                    named++;
                }
            }
        }
        Assert.True(named > 10_000);
    }

    [Fact]
    public void A_body_that_ends_in_the_middle_is_refused() =>
        Assert.Throws<InvalidDataException>(static () =>
        {
            IlReader reader = new([0x7B, 1, 2]);
            reader.MoveNext();
        });
}
