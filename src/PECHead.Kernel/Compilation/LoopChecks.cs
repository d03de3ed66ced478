using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PECHead.Kernel.Compilation;

/// <summary>
/// Puts a <see cref="Microsoft.DotNet.Interactive.Checkpoint"/> into every loop and function of a cell, so that a stop is an ordinary
/// exception at a known place. Lines stay where they are.
/// </summary>
/// <remarks>
/// <b>Choice:</b> checks in the code rather than aborting the thread. The runtime can abort (and a second stop does), but outside Windows
/// that ends the whole process in up to half of the cases, and with it the model in training.
/// </remarks>
internal sealed class LoopChecks : CSharpSyntaxRewriter
{
    private static readonly StatementSyntax Check = SyntaxFactory.ParseStatement("global::Microsoft.DotNet.Interactive.Checkpoint.Pass();");

    private LoopChecks()
    {
    }

    /// <summary>The same cell with checks.</summary>
    public static SyntaxTree Add(SyntaxTree tree)
    {
        var root = tree.GetRoot();
        var changed = new LoopChecks().Visit(root);
        return ReferenceEquals(changed, root) ? tree : SubmissionChain.Parse(changed.ToFullString(), tree.FilePath);
    }

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node)
        => base.VisitWhileStatement(node) is WhileStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : node;

    public override SyntaxNode? VisitDoStatement(DoStatementSyntax node)
        => base.VisitDoStatement(node) is DoStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : node;

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node)
        => base.VisitForStatement(node) is ForStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : node;

    public override SyntaxNode? VisitForEachStatement(ForEachStatementSyntax node)
        => base.VisitForEachStatement(node) is ForEachStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : node;

    public override SyntaxNode? VisitForEachVariableStatement(ForEachVariableStatementSyntax node)
        => base.VisitForEachVariableStatement(node) is ForEachVariableStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : node;

    public override SyntaxNode? VisitLabeledStatement(LabeledStatementSyntax node)
        => base.VisitLabeledStatement(node) is LabeledStatementSyntax { Statement: not LocalDeclarationStatementSyntax } label ? label.WithStatement(Checked(label.Statement)) : node;

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        var method = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        if (method.Body is not null) return method.WithBody(Checked(method.Body));
        return Body(method.ExpressionBody, method.ReturnType, method.Modifiers, method.SemicolonToken) is { } body
            ? method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body)
            : method;
    }

    public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        var function = (LocalFunctionStatementSyntax)base.VisitLocalFunctionStatement(node)!;
        if (function.Body is not null) return function.WithBody(Checked(function.Body));
        return Body(function.ExpressionBody, function.ReturnType, function.Modifiers, function.SemicolonToken) is { } body
            ? function.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body)
            : function;
    }

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node)
        => base.VisitParenthesizedLambdaExpression(node) is ParenthesizedLambdaExpressionSyntax { Block: { } block } lambda ? lambda.WithBlock(Checked(block)) : base.VisitParenthesizedLambdaExpression(node);

    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node)
        => base.VisitSimpleLambdaExpression(node) is SimpleLambdaExpressionSyntax { Block: { } block } lambda ? lambda.WithBlock(Checked(block)) : base.VisitSimpleLambdaExpression(node);

    private static BlockSyntax Checked(StatementSyntax statement)
        => statement as BlockSyntax is { } block ? Checked(block) : SyntaxFactory.Block(Check, statement.WithoutTrailingTrivia()).WithTrailingTrivia(statement.GetTrailingTrivia());

    private static BlockSyntax Checked(BlockSyntax block) => block.WithStatements(block.Statements.Insert(0, Check));

    /// <summary>A function that is one expression, as a block; those whose result is of a special kind are left as they are.</summary>
    private static BlockSyntax? Body(ArrowExpressionClauseSyntax? arrow, TypeSyntax returned, SyntaxTokenList modifiers, SyntaxToken end)
    {
        if (arrow is null || arrow.Expression is RefExpressionSyntax or ThrowExpressionSyntax || modifiers.Any(SyntaxKind.AsyncKeyword)) return null;
        var isVoid = returned is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var semicolon = SyntaxFactory.Token(SyntaxKind.SemicolonToken);
        StatementSyntax statement = isVoid
            ? SyntaxFactory.ExpressionStatement(arrow.Expression, semicolon)
            : SyntaxFactory.ReturnStatement(SyntaxFactory.Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(SyntaxFactory.Space), arrow.Expression, semicolon);
        return SyntaxFactory.Block(Check, statement).WithTrailingTrivia(end.TrailingTrivia);
    }
}
