using PECHead.Research.Models;

namespace PECHead.Research.Ablation;

/// <summary>A row of an ablation's table.</summary>
/// <param name="Id">Id of the setting or of the baseline.</param>
/// <param name="Setting">The setting of PECHead; null for a baseline.</param>
internal sealed record AblationRow(string Id, AblationSetting? Setting);
