using Brood.Transfer.Zoo;

namespace Brood.Transfer;

public class PolicyTests
{
    [Fact]
    public void Known_types_are_the_whole_list_beyond_what_is_declared()
    {
        TypePolicy policy = TypePolicy.Only([typeof(Dog)]);
        Payload dog = TransferHarness.Write(new Dog { Tricks = [] }, typeof(Animal));
        Assert.IsType<Dog>(TransferHarness.Read(dog, typeof(Animal), policy));
        Payload puppy = TransferHarness.Write(new Puppy { Tricks = [] }, typeof(Animal));
        TransferException e = Assert.Throws<TransferException>(() => TransferHarness.Read(puppy, typeof(Animal), policy));
        Assert.Contains("WorkerOptions.KnownTypes = [typeof(Puppy)]", e.Message);
        Assert.IsType<Puppy>(TransferHarness.Read(TransferHarness.Write(new Puppy { Tricks = [] }, typeof(Puppy)), typeof(Puppy), policy));
    }

    [Fact]
    public void Arrays_and_lists_of_known_types_are_known_if_the_list_is()
    {
        TypePolicy policy = TypePolicy.Only([typeof(Circle), typeof(List<>)]);
        Assert.NotNull(TransferHarness.Read(TransferHarness.Write(new Circle[] { new(1) }, typeof(object)), typeof(object), policy));
        Assert.NotNull(TransferHarness.Read(TransferHarness.Write(new List<Circle>(), typeof(object)), typeof(object), policy));
        Assert.Throws<TransferException>(
            () => TransferHarness.Read(TransferHarness.Write(new HashSet<Circle>(), typeof(object)), typeof(object), policy));
        Assert.Equal(5, TransferHarness.Read(TransferHarness.Write(5, typeof(object)), typeof(object), policy));
    }

    [Fact]
    public void The_comparers_of_the_framework_need_no_line_in_the_list()
    {
        var value = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 };
        Payload payload = TransferHarness.Write(value, value.GetType());
        var copy = (Dictionary<string, int>)TransferHarness.Read(payload, value.GetType(), TypePolicy.Only([]))!;
        Assert.Equal(1, copy["a"]);
    }

    [Fact]
    public void A_framework_type_that_the_reader_would_not_find_is_refused_where_it_is_sent()
    {
        Assert.Contains("not accepted by name", TransferHarness.Refused<object>(Base64FormattingOptions.InsertLineBreaks).Message);
        Assert.Contains("not accepted by name", TransferHarness.Refused<object>(new List<IDisposable>()).Message);
        Assert.Equal(Base64FormattingOptions.InsertLineBreaks, TransferHarness.Copy(Base64FormattingOptions.InsertLineBreaks));
        Assert.Equal(Base64FormattingOptions.InsertLineBreaks, TransferHarness.CopyTrusted<object>(Base64FormattingOptions.InsertLineBreaks));
    }

    [Fact]
    public void The_sender_refuses_what_the_reader_would_with_a_path()
    {
        TransferException e = TransferHarness.Refused<object[]>([1, new Circle(1)], TypePolicy.Only([typeof(Ring)]));
        Assert.StartsWith("Object[][1]", e.Path);
        Assert.Contains("KnownTypes = [typeof(Circle)]", e.Message);
    }

    [Fact]
    public void A_framework_type_that_is_not_known_is_not_built_whatever_the_bytes_say()
    {
        foreach (Type type in (Type[])[typeof(FileStream), typeof(System.Diagnostics.Process), typeof(Timer), typeof(Random)])
        {
            byte[] bytes = Named(type);
            Assert.Throws<TransferException>(() => TransferHarness.Read(new Payload(bytes, []), typeof(object)));
        }
    }

    [Fact]
    public void An_assembly_that_is_not_loaded_is_not_loaded_because_a_worker_names_it()
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.WriteBytes([3, 0, 1]);
        writer.WriteText("System.Xml.XPath.XDocument");
        writer.WriteText("System.Xml.XPath.XDocumentExtensions");
        byte[] bytes = writer.Inline.ToArray();
        writer.Return();
        TransferException e = Assert.Throws<TransferException>(
            () => TransferHarness.Read(new Payload(bytes, []), typeof(object)));
        Assert.Contains("KnownTypes", e.Message);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), a => a.GetName().Name == "System.Xml.XPath.XDocument");
    }

    [Fact]
    public void Brood_itself_is_not_among_the_own_assemblies() =>
        Assert.Throws<TransferException>(() => TransferHarness.Read(new Payload(Named(typeof(TransferWriter)), []), typeof(object)));

    [Fact]
    public void A_value_of_another_type_than_declared_is_refused()
    {
        Payload payload = TransferHarness.Write(new Circle(1), typeof(object));
        Assert.Throws<TransferException>(() => TransferHarness.Read(payload, typeof(Animal)));
        Assert.Throws<TransferException>(() => TransferHarness.Read(payload, typeof(string[])));
    }

    [Fact]
    public void Types_as_arguments_of_types_have_a_depth_limit()
    {
        Type type = typeof(int);
        for (int i = 0; i <= TransferLimits.MaxTypeDepth; i++)
        {
            type = typeof(List<>).MakeGenericType(type);
        }
        object value = Activator.CreateInstance(type)!;
        Payload payload = TransferHarness.Write(value, typeof(object), TypePolicy.TrustHost);
        Assert.Throws<TransferException>(() => TransferHarness.Read(payload, typeof(object)));
    }

    private static byte[] Named(Type type)
    {
        TransferWriter writer = TransferWriter.Rent();
        writer.WriteBytes([3, 0]);
        TypeNames.Write(writer, type);
        writer.WriteBytes(new byte[64]);
        byte[] bytes = writer.Inline.ToArray();
        writer.Return();
        return bytes;
    }
}
