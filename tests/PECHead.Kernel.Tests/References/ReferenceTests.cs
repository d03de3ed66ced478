using System.Diagnostics;

namespace PECHead.Kernel.Tests.References;

/// <summary><c>#r</c> finds what a program that is built against the assembly would find.</summary>
public sealed class ReferenceTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Fact]
    public void A_reference_brings_its_transitive_projects_and_native_libraries()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        _notebook.File("Directory.Build.props", "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
        _notebook.File($"Base/Base{mark}.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"/>");
        _notebook.File("Base/Shape.cs", $"namespace Base{mark}; public class Shape {{ public int Sides => 4; }}");
        _notebook.File($"Top/Top{mark}.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><ProjectReference Include=\"../Base/Base{mark}.csproj\"/></ItemGroup></Project>");
        _notebook.File("Top/Maker.cs", $"""
            using System.Runtime.InteropServices;
            namespace Top{mark};
            public class Maker
            {"{"}
                public static Base{mark}.Shape Make() => new();
                [DllImport("answer{mark}")] public static extern int beside();
                [DllImport("runtime{mark}")] public static extern int inside();
            {"}"}
            """);
        Run("dotnet", "build", $"Top/Top{mark}.csproj", "-o", "out", "-v", "quiet", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false");
        Native($"out/libanswer{mark}.so", "int beside() { return 42; }");
        Native($"out/runtimes/{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}/native/libruntime{mark}.so", "int inside() { return 43; }");

        Assert.Equal("4", _notebook.Do($"#r \"out/Top{mark}.dll\"\nusing Top{mark};\nBase{mark}.Shape shape = Maker.Make(); shape.Sides").Plain);
        Assert.Equal("85", _notebook.Do("Maker.beside() + Maker.inside()").Plain);
        // The same again is nothing new, another build of it is.
        _notebook.Do($"#r \"out/Top{mark}.dll\"");
        Run("dotnet", "build", $"Top/Top{mark}.csproj", "-o", "again", "-v", "quiet", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:Version=2.0.0");
        Assert.Contains("restart the kernel", _notebook.Fail($"#r \"again/Top{mark}.dll\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_no_assembly_is_named_with_its_line()
    {
        var missing = _notebook.Fail("var x = 1;\n#r \"nowhere/Some.dll\"");
        Assert.StartsWith("cell[1], line 2, column 1: DirectiveError: there is no file nowhere/Some.dll", missing.Trace[0], StringComparison.Ordinal);
        Assert.Contains("build it first", missing.Message, StringComparison.Ordinal);
        _notebook.File("text.dll", "no assembly");
        Assert.Contains("line 1", _notebook.Fail("#r \"text.dll\"").Message, StringComparison.Ordinal);
        Assert.Contains("x", _notebook.Fail("x").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_framework_assembly_needs_no_path()
        => _notebook.Do("#r \"System.Net.Http\"\nnew System.Net.Http.HttpClient().Dispose();");

    [Fact]
    public void A_package_of_the_ordinary_cache_is_restored()
        => Assert.Equal("a: 1\n", _notebook.Do("#r \"nuget: YamlDotNet, 16.3.0\"\nnew YamlDotNet.Serialization.SerializerBuilder().Build().Serialize(new { a = 1 })").Plain);

    [Fact]
    public void A_package_that_cannot_be_had_is_named()
    {
        _notebook.File("nothing/readme.txt", "no packages here");
        var error = _notebook.Fail($"#i \"nuget:{_notebook.Folder}/nothing\"\n#r \"nuget: No.Such.Package.{Guid.NewGuid():N}, 1.2.3\"");
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("No.Such.Package", error.Message, StringComparison.Ordinal);
        Assert.Contains("could not be restored", error.Message, StringComparison.Ordinal);
    }

    private void Native(string path, string code)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_notebook.Folder, path))!);
        _notebook.File("native.c", code);
        Run("cc", "-shared", "-fPIC", "-o", path, "native.c");
    }

    private void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _notebook.Folder, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
