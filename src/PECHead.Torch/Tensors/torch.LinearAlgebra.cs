namespace TorchSharp;

public static partial class torch
{
    /// <summary>Linear algebra.</summary>
    public static class linalg
    {
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L')
        {
            var two = Aten.linalg_eigh.CallMany(input, UPLO.ToString());
            return (two[0], two[1]);
        }
    }
}
