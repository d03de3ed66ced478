namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.abs.CallUnary(this);

        public Tensor neg() => Aten.neg.CallUnary(this);

        public Tensor exp() => Aten.exp.CallUnary(this);

        public Tensor log() => Aten.log.CallUnary(this);

        public Tensor log2() => Aten.log2.CallUnary(this);

        public Tensor log1p() => Aten.log1p.CallUnary(this);

        public Tensor log10() => Aten.log10.CallUnary(this);

        public Tensor expm1() => Aten.expm1.CallUnary(this);

        public Tensor sqrt() => Aten.sqrt.CallUnary(this);

        public Tensor rsqrt() => Aten.rsqrt.CallUnary(this);

        public Tensor reciprocal() => Aten.reciprocal.CallUnary(this);

        public Tensor square() => Aten.square.CallUnary(this);

        public Tensor sin() => Aten.sin.CallUnary(this);

        public Tensor cos() => Aten.cos.CallUnary(this);

        public Tensor tan() => Aten.tan.CallUnary(this);

        public Tensor asin() => Aten.asin.CallUnary(this);

        public Tensor acos() => Aten.acos.CallUnary(this);

        public Tensor atan() => Aten.atan.CallUnary(this);

        public Tensor sinh() => Aten.sinh.CallUnary(this);

        public Tensor cosh() => Aten.cosh.CallUnary(this);

        public Tensor tanh() => Aten.tanh.CallUnary(this);

        public Tensor sigmoid() => Aten.sigmoid.CallUnary(this);

        public Tensor relu() => Aten.relu.CallUnary(this);

        public Tensor erf() => Aten.erf.CallUnary(this);

        public Tensor floor() => Aten.floor.CallUnary(this);

        public Tensor ceil() => Aten.ceil.CallUnary(this);

        public Tensor sign() => Aten.sign.CallUnary(this);

        public Tensor trunc() => Aten.trunc.CallUnary(this);

        public Tensor isnan() => Aten.isnan.CallUnary(this);

        public Tensor isinf() => Aten.isinf.CallUnary(this);

        public Tensor isfinite() => Aten.isfinite.CallUnary(this);

        public Tensor logical_not() => Aten.logical_not.CallUnary(this);

        public Tensor abs_() => Aten.abs_.CallInPlace(this);

        public Tensor neg_() => Aten.neg_.CallInPlace(this);

        public Tensor exp_() => Aten.exp_.CallInPlace(this);

        public Tensor log_() => Aten.log_.CallInPlace(this);

        public Tensor sqrt_() => Aten.sqrt_.CallInPlace(this);

        public Tensor rsqrt_() => Aten.rsqrt_.CallInPlace(this);

        public Tensor reciprocal_() => Aten.reciprocal_.CallInPlace(this);

        public Tensor sin_() => Aten.sin_.CallInPlace(this);

        public Tensor cos_() => Aten.cos_.CallInPlace(this);

        public Tensor tanh_() => Aten.tanh_.CallInPlace(this);

        public Tensor sigmoid_() => Aten.sigmoid_.CallInPlace(this);

        public Tensor relu_() => Aten.relu_.CallInPlace(this);

        public Tensor floor_() => Aten.floor_.CallInPlace(this);

        public Tensor ceil_() => Aten.ceil_.CallInPlace(this);
    }

    public static Tensor abs(Tensor input) => Aten.abs.Call(input);

    public static Tensor neg(Tensor input) => Aten.neg.Call(input);

    public static Tensor exp(Tensor input) => Aten.exp.Call(input);

    public static Tensor log(Tensor input) => Aten.log.Call(input);

    public static Tensor log2(Tensor input) => Aten.log2.Call(input);

    public static Tensor log1p(Tensor input) => Aten.log1p.Call(input);

    public static Tensor log10(Tensor input) => Aten.log10.Call(input);

    public static Tensor expm1(Tensor input) => Aten.expm1.Call(input);

    public static Tensor sqrt(Tensor input) => Aten.sqrt.Call(input);

    public static Tensor rsqrt(Tensor input) => Aten.rsqrt.Call(input);

    public static Tensor reciprocal(Tensor input) => Aten.reciprocal.Call(input);

    public static Tensor square(Tensor input) => Aten.square.Call(input);

    public static Tensor sin(Tensor input) => Aten.sin.Call(input);

    public static Tensor cos(Tensor input) => Aten.cos.Call(input);

    public static Tensor tan(Tensor input) => Aten.tan.Call(input);

    public static Tensor asin(Tensor input) => Aten.asin.Call(input);

    public static Tensor acos(Tensor input) => Aten.acos.Call(input);

    public static Tensor atan(Tensor input) => Aten.atan.Call(input);

    public static Tensor sinh(Tensor input) => Aten.sinh.Call(input);

    public static Tensor cosh(Tensor input) => Aten.cosh.Call(input);

    public static Tensor tanh(Tensor input) => Aten.tanh.Call(input);

    public static Tensor sigmoid(Tensor input) => Aten.sigmoid.Call(input);

    public static Tensor erf(Tensor input) => Aten.erf.Call(input);

    public static Tensor floor(Tensor input) => Aten.floor.Call(input);

    public static Tensor ceil(Tensor input) => Aten.ceil.Call(input);

    public static Tensor sign(Tensor input) => Aten.sign.Call(input);

    public static Tensor trunc(Tensor input) => Aten.trunc.Call(input);

    public static Tensor isnan(Tensor input) => Aten.isnan.Call(input);

    public static Tensor isinf(Tensor tensor) => Aten.isinf.Call(tensor);

    public static Tensor isfinite(Tensor tensor) => Aten.isfinite.Call(tensor);

    public static Tensor logical_not(Tensor input) => Aten.logical_not.Call(input);
}
