using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;

using Brood.Transfer;

namespace Brood.Calls;

public class FunctionIdentityTests
{
    [Fact]
    public void Private_overloaded_and_generic_methods_are_found()
    {
        Func<int, string> ofInt = Over;
        Func<string, string> ofString = Over;
        Assert.Equal("int", Crossing.Of(ofInt)(1));
        Assert.Equal("string", Crossing.Of(ofString)(""));
        Assert.Equal("Int32", Crossing.Of((Func<string>)Named<int>)());
        Assert.Equal("String", Crossing.Of((Func<string>)Named<string>)());
        Assert.Equal("String Int32", Crossing.Of((Func<string>)Outer<string>.Inner<int>.Names)());
        Assert.Equal("String Int32 Boolean[]", Crossing.Of((Func<string>)Outer<string>.Inner<int>.MoreNames<bool[]>)());
        Assert.Equal("List`1", Crossing.Of((Func<string>)Outer<List<Dictionary<string, int[,]>>>.Name)());
    }

    [Fact]
    public void Framework_methods_and_local_functions_are_found()
    {
        static int Square(int x) => x * x;
        Assert.Equal(16, Crossing.Of((Func<int, int>)Square)(4));
        Assert.Equal("ab", Crossing.Of((Func<string, string, string>)string.Concat)("a", "b"));
        Assert.Equal(4, Crossing.Of((Func<IEnumerable<int>, int>)Enumerable.Max)([1, 4]));
    }

    [Fact]
    public void Names_are_those_that_a_person_knows()
    {
        static int Square(int x) => x * x;
        int captured = 1;
        int Add(int x) => x + captured;
        Assert.Equal("FunctionIdentityTests.Over", Name((Func<int, string>)Over));
        Assert.Equal("FunctionIdentityTests.Named<Int32>", Name((Func<string>)Named<int>));
        Assert.Equal("FunctionIdentityTests.Named<List<Int32[]>>", Name((Func<string>)Named<List<int[]>>));
        Assert.Equal("FunctionIdentityTests.Outer<String>.Inner<Int32>.Names", Name((Func<string>)Outer<string>.Inner<int>.Names));
        Assert.Equal("Square in FunctionIdentityTests.Names_are_those_that_a_person_knows", Name((Func<int, int>)Square));
        Assert.Equal("Add in FunctionIdentityTests.Names_are_those_that_a_person_knows", Name((Func<int, int>)Add));
        Assert.Equal("lambda in FunctionIdentityTests.Names_are_those_that_a_person_knows", Name(() => 1));
        Assert.Equal("lambda in FunctionIdentityTests.Names_are_those_that_a_person_knows", Name(() => captured));
        Assert.Equal("lambda in FunctionIdentityTests.Outer<Int32>.Lambda", Name(Outer<int>.Lambda));
        Assert.Equal("lambda in FunctionIdentityTests.Outer<Int32>", Name(Outer<int>.Field));
        Assert.Equal("Math.Sqrt", Name((Func<double, double>)Math.Sqrt));
        Assert.Equal("FileLocal.Run", Name((Func<int>)FileLocal.Run));
    }

    [Theory]
    [InlineData("<<Main>$>g__Square|0_0", "<Main>$", "Square")]
    [InlineData("<Main>b__0_0", "Main", "")]
    [InlineData("<Main>g__Square|0_1", "Main", "Square")]
    [InlineData("<My.IShape<T>.Draw>b__3", "My.IShape<T>.Draw", "")]
    public void Compiler_names_are_understood(string name, string container, string local)
    {
        Assert.True(CompilerNames.TryParseFunction(name, out ReadOnlySpan<char> foundContainer, out ReadOnlySpan<char> foundLocal));
        Assert.Equal(container, foundContainer.ToString());
        Assert.Equal(local, foundLocal.ToString());
    }

    [Theory]
    [InlineData("Main")]
    [InlineData("<Clone>$")]
    [InlineData("<>m__Finally1")]
    [InlineData("<")]
    [InlineData("")]
    public void Other_names_are_not_taken_for_lambdas(string name) => Assert.False(CompilerNames.IsLambdaOrLocalFunction(name));

    [Theory]
    [InlineData("x", "x")]
    [InlineData("<x>5__2", "x")]
    [InlineData("<>4__this", "this")]
    [InlineData("<Name>k__BackingField", "Name")]
    [InlineData("<x>P", "x")]
    public void Field_names_become_variables(string field, string variable) => Assert.Equal(variable, CompilerNames.Variable(field));

    [Fact]
    public void A_dynamic_method_is_refused()
    {
        DynamicMethod method = new("Answer", typeof(int), []);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4, 42);
        il.Emit(OpCodes.Ret);
        Delegate function = method.CreateDelegate<Func<int>>();
        TransferException refused = Assert.Throws<TransferException>(() => FunctionIdentity.Of(function.Method));
        Assert.Contains("'Answer' cannot be called in a worker", refused.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_compiled_expression_is_refused(bool preferInterpretation)
    {
        Expression<Func<int, int>> square = x => x * x;
        TransferException refused = Assert.Throws<TransferException>(() => FunctionIdentity.Of(square.Compile(preferInterpretation).Method));
        Assert.Contains("expression tree", refused.Message);
    }

    [Fact]
    public void A_method_of_a_dynamic_assembly_is_refused_and_so_is_a_type_argument_from_there()
    {
        TypeBuilder builder = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Script"), AssemblyBuilderAccess.RunAndCollect)
            .DefineDynamicModule("Script").DefineType("Program", TypeAttributes.Public);
        ILGenerator il = builder.DefineMethod("Run", MethodAttributes.Public | MethodAttributes.Static, typeof(int), []).GetILGenerator();
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ret);
        Type type = builder.CreateType();
        TransferException refused = Assert.Throws<TransferException>(() => FunctionIdentity.Of(type.GetMethod("Run")!));
        Assert.Contains("'Program.Run' cannot be called in a worker", refused.Message);
        Assert.Contains("'Script'", refused.Message);
        Assert.Contains("compile it in the worker", refused.Message);
        MethodInfo named = ((Func<string>)Named<int>).Method.GetGenericMethodDefinition().MakeGenericMethod(type);
        Assert.Throws<TransferException>(() => FunctionIdentity.Of(named));
    }

    [Fact]
    public void An_assembly_loaded_from_bytes_is_refused()
    {
        AssemblyLoadContext context = new("bytes", isCollectible: true);
        using MemoryStream bytes = new(File.ReadAllBytes(typeof(FunctionIdentity).Assembly.Location));
        MethodInfo method = context.LoadFromStream(bytes).GetType(typeof(FunctionName).FullName!)!.GetMethod("OfType")!;
        TransferException refused = Assert.Throws<TransferException>(() => FunctionIdentity.Of(method));
        Assert.Contains("loaded from bytes", refused.Message);
    }

    [Fact]
    public void An_assembly_outside_the_program_is_found_by_its_path()
    {
        string name = $"Plugin{Guid.NewGuid():N}";
        string folder = Directory.CreateTempSubdirectory("brood-plugin").FullName;
        string path = Path.Combine(folder, name + ".dll");
        try
        {
            PersistedAssemblyBuilder assembly = new(new AssemblyName(name), typeof(object).Assembly);
            TypeBuilder type = assembly.DefineDynamicModule(name).DefineType("Plugin", TypeAttributes.Public);
            ILGenerator il = type.DefineMethod("Answer", MethodAttributes.Public | MethodAttributes.Static, typeof(int), []).GetILGenerator();
            il.Emit(OpCodes.Ldc_I4, 42);
            il.Emit(OpCodes.Ret);
            type.CreateType();
            assembly.Save(path);
            // Here the host has it in a context of its own; the worker, whose part this process plays next, has it nowhere.
            AssemblyLoadContext context = new(name);
            MethodInfo method = context.LoadFromAssemblyPath(path).GetType("Plugin")!.GetMethod("Answer")!;
            MethodInfo arrived = Resolve(Write(method));
            Assert.Equal(42, arrived.Invoke(null, null));
            Assert.NotSame(method.Module, arrived.Module);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Another_build_of_the_assembly_is_refused()
    {
        byte[] bytes = Write(((Func<int, string>)Over).Method);
        Guid build = typeof(FunctionIdentityTests).Module.ModuleVersionId;
        int index = bytes.AsSpan().IndexOf(build.ToByteArray());
        bytes[index] ^= 1;
        TransferException refused = Assert.Throws<TransferException>(() => Resolve(bytes));
        Assert.Contains("another build of 'Brood.Tests'", refused.Message);
    }

    [Fact]
    public void An_assembly_that_is_not_there_is_named()
    {
        TransferWriter writer = new();
        writer.WriteText("Missing.Code, Version=1.0.0.0");
        writer.WriteUnmanaged(Guid.Empty);
        writer.WriteText("/no/such/Missing.Code.dll");
        TransferException refused = Assert.Throws<TransferException>(() => Resolve(writer.Inline.ToArray()));
        Assert.Contains("Missing.Code", refused.Message);
        Assert.Contains("/no/such/", refused.Message);
    }

    [Fact]
    public void A_method_that_hot_reload_added_is_explained()
    {
        MethodInfo method = ((Func<int, string>)Over).Method;
        byte[] bytes = Write(method);
        int index = bytes.AsSpan().IndexOf(BitConverter.GetBytes(method.MetadataToken));
        BitConverter.TryWriteBytes(bytes.AsSpan(index), 0x06FF_FFFF);
        TransferException refused = Assert.Throws<TransferException>(() => Resolve(bytes));
        Assert.Contains("hot reload", refused.Message);
    }

    [Fact]
    public void A_worker_names_no_function_and_no_type()
    {
        byte[] bytes = Write(((Func<int, string>)Over).Method);
        Assert.Throws<TransferException>(() =>
        {
            TransferReader reader = new(bytes, null, null, TypePolicy.Default);
            FunctionIdentity.Resolve(ref reader);
        });
        Assert.Throws<TransferException>(() =>
        {
            TransferReader reader = new(bytes, null, null, TypePolicy.Default);
            TypeIdentity.Read(ref reader);
        });
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_nothing_else_happens()
    {
        byte[] whole = Write(((Func<string>)Outer<string>.Inner<int>.MoreNames<bool[]>).Method);
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.Throws<TransferException>(() => Resolve(cut));
        }
    }

    [Fact]
    public void The_same_method_is_described_once() =>
        Assert.Same(FunctionIdentity.Of(((Func<int, string>)Over).Method), FunctionIdentity.Of(((Func<int, string>)Over).Method));

    [Theory]
    [InlineData(typeof(int))]
    [InlineData(typeof(string[]))]
    [InlineData(typeof(int[,][]))]
    [InlineData(typeof(List<>))]
    [InlineData(typeof(Dictionary<string, List<int?>>))]
    [InlineData(typeof(Outer<int>.Inner<string>[]))]
    [InlineData(typeof(Outer<>.Inner<>))]
    [InlineData(typeof((int, string)))]
    [InlineData(typeof(void))]
    [InlineData(typeof(int*))]
    public void Types_of_every_shape_are_named(Type type) => Assert.Equal(type, Crossing.Of(type));

    [Fact]
    public void A_type_without_a_name_is_refused() =>
        Assert.Throws<TransferException>(() => Crossing.Of(typeof(List<>).GetGenericArguments()[0]));

    private static string Name(Delegate function) => FunctionIdentity.Of(function.Method).DisplayName;

    private static byte[] Write(MethodInfo method)
    {
        TransferWriter writer = new();
        FunctionIdentity.Of(method).Write(writer);
        return writer.Inline.ToArray();
    }

    private static MethodInfo Resolve(byte[] bytes)
    {
        TransferReader reader = new(bytes, null, null, TypePolicy.TrustHost);
        return FunctionIdentity.Resolve(ref reader);
    }

    private static string Over(int _) => "int";

    private static string Over(string _) => "string";

    private static string Named<T>() => typeof(T).Name;

    private class Outer<T>
    {
        public static readonly Func<int> Field = () => 1;

        public static Func<int> Lambda => () => 2;

        public static string Name() => typeof(T).Name;

        public class Inner<U>
        {
            public static string Names() => $"{typeof(T).Name} {typeof(U).Name}";

            public static string MoreNames<V>() => $"{typeof(T).Name} {typeof(U).Name} {typeof(V).Name}";
        }
    }
}

file static class FileLocal
{
    public static int Run() => 1;
}
