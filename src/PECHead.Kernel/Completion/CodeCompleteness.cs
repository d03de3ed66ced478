using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PECHead.Kernel.Directives;

namespace PECHead.Kernel.Completion;

/// <summary>Answers a console that asks whether Enter ends the cell.</summary>
internal static class CodeCompleteness
{
    public static Completeness Of(string code)
    {
        if (DirectiveRunner.OtherLanguage(code) is not null) return Completeness.Complete;
        var (_, rest) = DirectiveReader.Read(code, "");
        if (!SyntaxFactory.IsCompleteSubmission(rest)) return Completeness.Incomplete;
        return rest.GetDiagnostics().Any(error => error.Severity == DiagnosticSeverity.Error) ? Completeness.Invalid : Completeness.Complete;
    }
}
