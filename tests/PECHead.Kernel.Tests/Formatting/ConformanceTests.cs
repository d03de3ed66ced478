using System.Diagnostics;
using System.Text.Json;

namespace PECHead.Kernel.Tests.Formatting;

/// <summary>
/// A type that follows the convention shows the same in .NET Interactive itself. Its formatting package is downloaded, not restored as a
/// reference, because a package it depends on is not everywhere to be had.
/// </summary>
public sealed class ConformanceTests : IDisposable
{
    private const string Version = "1.0.0-beta.23562.1";

    private static readonly (string Value, string MimeType)[] Cases =
    [
        ("new Picture()", "image/png"), ("new Derived()", "image/png"), ("new Picture()", "text/html"),
        ("42", "text/html"), ("1.5", "text/html"), ("new[] { 1, 2, 3 }", "text/html"), ("new[] { 1, 2, 3 }", "text/plain"), ("42", "text/plain"),
    ];

    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Fact]
    public void The_archived_original_shows_the_same()
    {
        var original = Original();
        _notebook.Do($"using Microsoft.DotNet.Interactive.Formatting;\n{FormattingTests.Convention}");
        var ours = Cases.Select(one => _notebook.Do($"({one.Value}).ToDisplayString(\"{one.MimeType}\")").Plain!).ToList();
        Assert.Equal(original.Texts.Take(Cases.Length), ours);
        // Inside something else a picture is HTML, in both.
        Assert.Contains("<img/>", original.Texts[^1], StringComparison.Ordinal);
        Assert.Contains("<img/>", _notebook.Do("new { P = new Derived() }.ToDisplayString(\"text/html\")").Plain, StringComparison.Ordinal);
        Assert.Equal(original.Preferred, _notebook.Do("new Picture()").Result!.Formats.Select(format => format.Key));
    }

    private (IReadOnlyList<string> Texts, IReadOnlyList<string> Preferred) Original()
    {
        _notebook.File("original.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>
                <PackageDownload Include="Microsoft.DotNet.Interactive.Formatting" Version="[{Version}]" />
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <Reference Include="$(NuGetPackageRoot)microsoft.dotnet.interactive.formatting/{Version}/lib/netstandard2.0/Microsoft.DotNet.Interactive.Formatting.dll" />
              </ItemGroup>
            </Project>
            """);
        var types = FormattingTests.Convention.IndexOf('[', StringComparison.Ordinal);
        _notebook.File("Program.cs", $$"""
            using System; using System.Collections.Generic; using System.Linq; using Microsoft.DotNet.Interactive.Formatting;
            {{FormattingTests.Convention[..types]}}
            // The style sheet that the original appends to every output is not part of the value.
            string Bare(string text) => text.IndexOf("<style>") is var end and >= 0 ? text[..end] : text;
            var texts = new List<string> { {{string.Join(", ", Cases.Select(one => $"Bare(({one.Value}).ToDisplayString(\"{one.MimeType}\"))"))}} };
            texts.Add(new { P = new Derived() }.ToDisplayString("text/html"));
            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(texts));
            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(Formatter.GetPreferredMimeTypesFor(typeof(Picture))));
            {{FormattingTests.Convention[types..]}}
            """);
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["run", "--project", "original.csproj", "-c", "Release", "-v", "quiet"])
        {
            WorkingDirectory = _notebook.Folder,
            RedirectStandardOutput = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"the package Microsoft.DotNet.Interactive.Formatting {Version} is needed for this test:\n{output}");
        var lines = output.Split('\n');
        return (JsonSerializer.Deserialize<List<string>>(lines[0])!, JsonSerializer.Deserialize<List<string>>(lines[1])!);
    }
}
