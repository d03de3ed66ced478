using PECHead.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Aten.add.CallBinary(this, target);

        public Tensor add(Tensor target, Scalar alpha) => Aten.add.Call(this, target, alpha);

        public Tensor add(Scalar scalar) => Aten.add_scalar.Call(this, scalar);

        public Tensor add_(Tensor target) => Aten.add_.CallInPlace(this, target);

        public Tensor add_(Tensor target, Scalar alpha) => Aten.add_.CallInPlace(this, target, alpha);

        public Tensor add_(Scalar scalar) => Aten.add_scalar_.CallInPlace(this, scalar);

        public Tensor sub(Tensor target) => Aten.sub.CallBinary(this, target);

        public Tensor sub(Scalar target) => Aten.sub_scalar.Call(this, target);

        public Tensor sub_(Tensor target) => Aten.sub_.CallInPlace(this, target);

        public Tensor mul(Tensor target) => Aten.mul.CallBinary(this, target);

        public Tensor mul(Scalar target) => Aten.mul_scalar.Call(this, target);

        public Tensor mul_(Tensor target) => Aten.mul_.CallInPlace(this, target);

        public Tensor mul_(Scalar target) => Aten.mul_scalar_.CallInPlace(this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None ? Aten.div.Call(this, target) : Aten.div_mode.Call(this, target, Name(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None ? Aten.div_scalar.Call(this, target) : Aten.div_scalar_mode.Call(this, target, Name(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None ? Aten.div_.CallInPlace(this, target) : Aten.div_mode_.CallInPlace(this, target, Name(rounding_mode));

        public Tensor pow(Tensor exponent) => Aten.pow.Call(this, exponent);

        public Tensor pow(Scalar exponent) => Aten.pow_scalar.Call(this, exponent);

        public Tensor round(long decimals = 0)
            => decimals == 0 ? Aten.round.Call(this) : Aten.round_decimals.Call(this, decimals);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.clamp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.clamp_tensor.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Aten.clamp_.CallInPlace(this, min, max);

        public Tensor clamp_min(Scalar min) => Aten.clamp_min.Call(this, min);

        public Tensor clamp_max(Scalar max) => Aten.clamp_max.Call(this, max);

        public Tensor maximum(Tensor other) => Aten.maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Aten.minimum.Call(this, other);

        public Tensor lerp(Tensor end, Tensor weight) => Aten.lerp.Call(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => Aten.lerp_.CallInPlace(this, end, weight);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcmul_.CallInPlace(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcdiv_.CallInPlace(this, tensor1, tensor2, value);

        public Tensor leaky_relu(Scalar negative_slope) => Aten.leaky_relu.Call(this, negative_slope);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.softmax.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.log_softmax.Call(this, dim, dtype);

        public Tensor gt(Tensor target) => Aten.gt.Call(this, target);

        public Tensor gt(Scalar target) => Aten.gt_scalar.Call(this, target);

        public Tensor ge(Tensor target) => Aten.ge.Call(this, target);

        public Tensor ge(Scalar target) => Aten.ge_scalar.Call(this, target);

        public Tensor lt(Tensor target) => Aten.lt.Call(this, target);

        public Tensor lt(Scalar target) => Aten.lt_scalar.Call(this, target);

        public Tensor le(Tensor target) => Aten.le.Call(this, target);

        public Tensor le(Scalar target) => Aten.le_scalar.Call(this, target);

        public Tensor eq(Tensor target) => Aten.eq.Call(this, target);

        public Tensor eq(Scalar target) => Aten.eq_scalar.Call(this, target);

        public Tensor ne(Tensor target) => Aten.ne.Call(this, target);

        public Tensor ne(Scalar target) => Aten.ne_scalar.Call(this, target);

        public Tensor logical_and(Tensor other) => Aten.logical_and.Call(this, other);

        public Tensor logical_or(Tensor other) => Aten.logical_or.Call(this, other);

        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.masked_fill.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Aten.masked_fill_.CallInPlace(this, mask, value);

        public Tensor fill_(Scalar value) => Aten.fill_scalar_.CallInPlace(this, value);

        public Tensor zero_() => Aten.zero_.CallInPlace(this);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => Aten.normal_.CallInPlace(this, mean, std, generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Aten.uniform_.CallInPlace(this, from, to, generator);

        public Tensor matmul(Tensor target) => Aten.matmul.Call(this, target);

        public Tensor mm(Tensor target) => Aten.mm.Call(this, target);

        public Tensor bmm(Tensor batch2) => Aten.bmm.Call(this, batch2);

        public Tensor inverse() => Aten.inverse.Call(this);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
            => Aten.allclose.CallBool(this, target, rtol, atol, equal_nan);

        private static Argument Name(RoundingMode mode) => mode switch
        {
            RoundingMode.trunc => "trunc",
            RoundingMode.floor => "floor",
            _ => Argument.None,
        };
    }

    /// <summary>How a division rounds.</summary>
    public enum RoundingMode
    {
        None = 0,
        trunc = 1,
        floor = 2,
    }

    public static Tensor matmul(Tensor input, Tensor target) => Aten.matmul.Call(input, target);

    public static Tensor bmm(Tensor input, Tensor batch2) => Aten.bmm.Call(input, batch2);

    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => Aten.clamp.Call(input, min, max);

    public static Tensor maximum(Tensor input, Tensor other) => Aten.maximum.Call(input, other);

    public static Tensor minimum(Tensor input, Tensor other) => Aten.minimum.Call(input, other);

    public static Tensor pow(Tensor left, Tensor exponent) => Aten.pow.Call(left, exponent);

    public static Tensor pow(Tensor left, Scalar exponent) => Aten.pow_scalar.Call(left, exponent);

    public static Tensor round(Tensor input, long decimals = 0)
        => decimals == 0 ? Aten.round.Call(input) : Aten.round_decimals.Call(input, decimals);

    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => Aten.softmax.Call(input, (long)dim, dtype);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Aten.where.Call(condition, x, y);

    public static Tensor atan2(Tensor input, Tensor other) => Aten.atan2.Call(input, other);

    public static Tensor lerp(Tensor input, Tensor end, Tensor weight) => Aten.lerp.Call(input, end, weight);

    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        => Aten.allclose.CallBool(tensor, target, rtol, atol, equal_nan);

    public static Tensor einsum(string equation, params Tensor[] tensors) => Aten.einsum.Call(equation, tensors);
}
