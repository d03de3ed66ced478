using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>The many spellings of the functions that make tensors agree with the one that takes an array.</summary>
public sealed class CreationOverloadTests
{
    private static readonly long[] Sizes = [4, 3, 2, 5];

    public static TheoryData<string> Families => ["empty", "zeros", "ones", "rand", "randn"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_overload_of_sizes_gives_the_shape_and_the_numbers_of_the_array_overload(string family)
    {
        using var scope = NewDisposeScope();
        var overloads = Overloads(family).Where(method => method.GetParameters()[0].ParameterType != typeof(long[])).ToList();
        Assert.NotEmpty(overloads);
        foreach (var overload in overloads.Where(method => method.GetParameters()[0].ParameterType != typeof(ReadOnlySpan<long>)))
        {
            var dimensions = overload.GetParameters().TakeWhile(parameter => parameter.ParameterType.IsPrimitive && parameter.ParameterType != typeof(bool)).Count();
            var made = Make(overload, Sizes.Take(dimensions).Select(size => (object)size), ScalarType.Float64);
            Compare(made, Reference(family, Sizes[..dimensions]), family);
        }
    }

    [Fact]
    public void Spans_of_sizes_are_read_as_arrays_are()
    {
        using var scope = NewDisposeScope();
        ReadOnlySpan<long> size = [2, 3];
        Compare(empty(size, ScalarType.Float64), Reference("empty", [2, 3]), "empty");
        Compare(zeros(size, ScalarType.Float64), Reference("zeros", [2, 3]), "zeros");
        Compare(ones(size, ScalarType.Float64), Reference("ones", [2, 3]), "ones");
        manual_seed(3);
        Compare(rand(size, ScalarType.Float64), Reference("rand", [2, 3]), "rand");
        manual_seed(3);
        Compare(randn(size, ScalarType.Float64), Reference("randn", [2, 3]), "randn");
    }

    [Fact]
    public void Every_overload_of_tensor_copies_the_numbers_it_is_given()
    {
        using var scope = NewDisposeScope();
        var overloads = Overloads("tensor").Where(method => !Array.Exists(method.GetParameters(), parameter => parameter.ParameterType.IsByRefLike)).ToList();
        Assert.True(overloads.Count > 30);
        foreach (var overload in overloads)
        {
            var first = overload.GetParameters()[0].ParameterType;
            var element = first.IsArray ? first.GetElementType()! : first.IsGenericType ? first.GetGenericArguments()[0] : first;
            var dimensions = overload.GetParameters().Skip(1).TakeWhile(parameter => parameter.ParameterType == typeof(long)).Count();
            long[] shape = element == first ? [] : dimensions == 0 ? [6] : [.. new long[] { 3, 2, 1, 1 }.Take(dimensions)];
            var values = Array.CreateInstance(element, shape.TotalSize());
            for (var i = 0; i < values.Length; i++) values.SetValue(Convert.ChangeType(element == typeof(bool) ? i % 2 : i + 1, element, null), i);

            var made = Make(overload, [element == first ? values.GetValue(0)! : values, .. shape.Take(dimensions).Select(size => (object)size)], null);

            Assert.Equal(shape, made.shape);
            Assert.Equal(values.Cast<object>().Select(value => Convert.ToDouble(value, null)), made.to(ScalarType.Float64).data<double>());
            Assert.Equal(from_array(values).dtype, made.dtype);
        }
    }

    [Fact]
    public void Spans_of_dimensions_shape_every_element_type()
    {
        using var scope = NewDisposeScope();
        ReadOnlySpan<long> shape = [2, 1];
        Tensor[] made =
        [
            tensor([1f, 0], shape), tensor((IList<float>)[1f, 0], shape), tensor([1.0, 0], shape), tensor([1L, 0], shape), tensor((IList<long>)[1L, 0], shape),
            tensor([1, 0], shape), tensor((IList<int>)[1, 0], shape), tensor(new byte[] { 1, 0 }, shape), tensor((IList<byte>)[1, 0], shape),
            tensor([true, false], shape), tensor((IList<bool>)[true, false], shape), tensor(new short[] { 1, 0 }, shape), tensor((IList<short>)[1, 0], shape),
        ];
        foreach (var one in made)
        {
            Assert.Equal([2L, 1L], one.shape);
            Assert.Equal([1.0, 0.0], one.to(ScalarType.Float64).data<double>());
        }
    }

    [Fact]
    public void Numbers_become_tensors_of_their_type()
    {
        using var scope = NewDisposeScope();
        Tensor[] converted = [true, (byte)7, (short)7, 7, 7L, 7f, 7.0, (Scalar)7];
        Assert.Equal(
            [ScalarType.Bool, ScalarType.Byte, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Float32, ScalarType.Float64, ScalarType.Int32],
            converted.Select(value => value.dtype));
        Assert.All(converted.Skip(1), value => Assert.Equal(7, (int)value));
        Assert.Equal((7L, 7f, 7.0, true), ((long)converted[4], (float)converted[5], (double)converted[6], (bool)converted[0]));
    }

    [Fact]
    public void Attributes_of_the_factories_are_obeyed()
    {
        using var scope = NewDisposeScope();
        Assert.True(ones(2, requires_grad: true).requires_grad);
        Assert.True(tensor(1.5, requires_grad: true).requires_grad);
        Assert.Equal(ScalarType.Int16, tensor(new[] { 1.5, 2.5 }, ScalarType.Int16).dtype);
        Assert.Equal(ScalarType.Float32, from_array(new[] { 1, 2 }, ScalarType.Float32).dtype);
        Assert.Throws<NotSupportedException>(() => ones([2], names: ["N"]));
    }

    private static IEnumerable<MethodInfo> Overloads(string name)
        => typeof(torch).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.Name == name);

    /// <summary>Calls an overload: the given arguments first, the type where it takes one, defaults elsewhere.</summary>
    private static Tensor Make(MethodInfo overload, IEnumerable<object> given, ScalarType? type)
    {
        var arguments = given.ToList();
        var parameters = overload.GetParameters();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (parameters[i].ParameterType.IsPrimitive) arguments[i] = Convert.ChangeType(arguments[i], parameters[i].ParameterType, null);
        }
        foreach (var parameter in parameters.Skip(arguments.Count))
        {
            arguments.Add(parameter.ParameterType == typeof(ScalarType?) ? type! : parameter.DefaultValue!);
        }
        manual_seed(3);
        return (Tensor)overload.Invoke(null, [.. arguments])!;
    }

    private static Tensor Reference(string family, long[] size)
    {
        manual_seed(3);
        return family switch
        {
            "empty" => empty(size, ScalarType.Float64),
            "zeros" => zeros(size, ScalarType.Float64),
            "ones" => ones(size, ScalarType.Float64),
            "rand" => rand(size, ScalarType.Float64),
            _ => randn(size, ScalarType.Float64),
        };
    }

    private static void Compare(Tensor made, Tensor reference, string family)
    {
        Assert.Equal(reference.shape, made.shape);
        Assert.Equal(reference.dtype, made.dtype);
        if (family != "empty") Assert.Equal(reference.data<double>(), made.data<double>());
    }
}
