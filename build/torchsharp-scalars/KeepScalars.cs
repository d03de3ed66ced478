using System;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;
using Mono.Cecil.Cil;

/// <summary>Writes a copy of TorchSharp.dll whose scalars are freed at their second finalisation instead of the first. README.md says why.</summary>
public sealed class KeepScalars : Task
{
    [Required]
    public string Source { get; set; }

    [Required]
    public string Target { get; set; }

    public override bool Execute()
    {
        using var assembly = AssemblyDefinition.ReadAssembly(Source);
        var module = assembly.MainModule;
        var scalar = module.GetType("TorchSharp.Scalar");
        var finalizer = scalar?.Methods.SingleOrDefault(method => method.Name == "Finalize");
        var core = module.AssemblyReferences.FirstOrDefault(reference => reference.Name is "System.Runtime" or "netstandard" or "mscorlib");
        if (finalizer == null || core == null)
        {
            Log.LogError($"{Source}: no TorchSharp.Scalar with a finalizer. If this version keeps its scalars alive by itself, build/torchsharp-scalars is no longer needed.");
            return false;
        }
        var collector = new TypeReference("System", "GC", module, core);
        var again = new MethodReference("ReRegisterForFinalize", module.TypeSystem.Void, collector);
        again.Parameters.Add(new ParameterDefinition(module.TypeSystem.Object));
        var seen = new FieldDefinition("finalizedOnce", FieldAttributes.Private, module.TypeSystem.Boolean);
        scalar.Fields.Add(seen);

        // if (!finalizedOnce) { finalizedOnce = true; GC.ReRegisterForFinalize(this); return; }
        var body = finalizer.Body;
        var first = body.Instructions[0];
        var processor = body.GetILProcessor();
        foreach (var instruction in new[]
        {
            processor.Create(OpCodes.Ldarg_0), processor.Create(OpCodes.Ldfld, seen), processor.Create(OpCodes.Brtrue, first),
            processor.Create(OpCodes.Ldarg_0), processor.Create(OpCodes.Ldc_I4_1), processor.Create(OpCodes.Stfld, seen),
            processor.Create(OpCodes.Ldarg_0), processor.Create(OpCodes.Call, again), processor.Create(OpCodes.Ret),
        })
        {
            processor.InsertBefore(first, instruction);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Target));
        // Several projects build at once: each writes a file of its own, and the last one stays.
        var aside = $"{Target}.{Guid.NewGuid():N}";
        assembly.Write(aside);
        if (File.Exists(Target)) File.Delete(Target);
        File.Move(aside, Target);
        return true;
    }
}
