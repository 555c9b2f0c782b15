using System.Linq.Expressions;
using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

public class CalledFunctionTests
{
    [Fact]
    public void All_delegates_of_a_lambda_are_one_function()
    {
        static Func<int> Make(int x) => () => x;
        CalledFunction first = CalledFunction.Of(Make(1));
        Assert.Same(first, CalledFunction.Of(Make(2)));
        Assert.Equal(Make(1).Method, first.Method);
        Assert.Equal(["x"], first.Variables!.Names);
    }

    [Fact]
    public void Functions_that_share_a_target_or_its_type_are_told_apart()
    {
        int x = 1;
        int y = 2;
        Func<int> readX = () => x;
        Func<int> readY = () => y;
        Assert.Same(readX.Target, readY.Target);
        Assert.Equal(["x"], CalledFunction.Of(readX).Variables!.Names);
        Assert.Equal(["y"], CalledFunction.Of(readY).Variables!.Names);
        Func<string> trim = "a".Trim;
        Func<string> upper = "a".ToUpperInvariant;
        Assert.Equal("String.Trim", CalledFunction.Of(trim).Identity.DisplayName);
        Assert.Equal("String.ToUpperInvariant", CalledFunction.Of(upper).Identity.DisplayName);
    }

    [Fact]
    public void Generic_functions_with_shared_code_are_told_apart()
    {
        Holder holder = new();
        Assert.Equal(typeof(string), Only(CalledFunction.Of((Func<string>)holder.Name<string>)));
        Assert.Equal(typeof(object), Only(CalledFunction.Of((Func<string>)holder.Name<object>)));
        Assert.Equal(typeof(string), Only(CalledFunction.Of((Func<string>)Holder.StaticName<string>)));
        Assert.Equal(typeof(object), Only(CalledFunction.Of((Func<string>)Holder.StaticName<object>)));
        static Type Only(CalledFunction function) => Assert.Single(function.Method.GetGenericArguments());
    }

    [Fact]
    public void Open_delegates_of_virtual_methods_are_told_apart()
    {
        Delegate first = typeof(First).GetMethod("Run")!.CreateDelegate(typeof(Func<First, int>));
        Delegate second = typeof(Second).GetMethod("Run")!.CreateDelegate(typeof(Func<Second, int>));
        Assert.Equal("CalledFunctionTests.First.Run", CalledFunction.Of(first).Identity.DisplayName);
        Assert.Equal("CalledFunctionTests.Second.Run", CalledFunction.Of(second).Identity.DisplayName);
        TransferWriter writer = new();
        CalledFunction.Of(first).Write(writer);
        TransferReader reader = new(writer.Inline, null, null, TypePolicy.TrustHost);
        (MethodInfo method, CapturedVariables? variables) = CalledFunction.Read(ref reader);
        Delegate bound = CalledFunction.Bind(typeof(Func<First, int>), method, variables, ref reader);
        Assert.Equal(1, ((Func<First, int>)bound)(new First()));
    }

    [Fact]
    public void A_function_without_variables_is_bound_in_the_worker()
    {
        TransferWriter writer = new();
        CalledFunction.Of((int x) => x + 1).Write(writer);
        TransferReader reader = new(writer.Inline, null, null, TypePolicy.TrustHost);
        (MethodInfo method, CapturedVariables? variables) = CalledFunction.Read(ref reader);
        Assert.Null(variables);
        Assert.Equal(3, ((Func<int, int>)CalledFunction.Bind(typeof(Func<int, int>), method, variables, ref reader))(2));
    }

    [Fact]
    public void A_delegate_of_several_functions_is_refused()
    {
        Action action = () => { };
        action += () => { };
        Assert.Throws<ArgumentException>(() => CalledFunction.Of(action));
    }

    [Fact]
    public void A_compiled_expression_is_refused_each_time()
    {
        Func<int, int> square = ((Expression<Func<int, int>>)(x => x * x)).Compile();
        Assert.Throws<TransferException>(() => CalledFunction.Of(square));
        Assert.Throws<TransferException>(() => CalledFunction.Of(square));
    }

    private sealed class Holder
    {
        public string Name<T>() => typeof(T).Name;

        public static string StaticName<T>() => typeof(T).Name;
    }

    private class First
    {
        public virtual int Run() => 1;
    }

    private class Second
    {
        public virtual int Run() => 2;
    }
}
