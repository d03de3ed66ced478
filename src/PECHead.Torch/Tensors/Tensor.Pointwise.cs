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

    public static Tensor abs(Tensor input) => input.abs();

    public static Tensor neg(Tensor input) => input.neg();

    public static Tensor exp(Tensor input) => input.exp();

    public static Tensor log(Tensor input) => input.log();

    public static Tensor log2(Tensor input) => input.log2();

    public static Tensor log1p(Tensor input) => input.log1p();

    public static Tensor log10(Tensor input) => input.log10();

    public static Tensor expm1(Tensor input) => input.expm1();

    public static Tensor sqrt(Tensor input) => input.sqrt();

    public static Tensor rsqrt(Tensor input) => input.rsqrt();

    public static Tensor reciprocal(Tensor input) => input.reciprocal();

    public static Tensor square(Tensor input) => input.square();

    public static Tensor sin(Tensor input) => input.sin();

    public static Tensor cos(Tensor input) => input.cos();

    public static Tensor tan(Tensor input) => input.tan();

    public static Tensor asin(Tensor input) => input.asin();

    public static Tensor acos(Tensor input) => input.acos();

    public static Tensor atan(Tensor input) => input.atan();

    public static Tensor sinh(Tensor input) => input.sinh();

    public static Tensor cosh(Tensor input) => input.cosh();

    public static Tensor tanh(Tensor input) => input.tanh();

    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    public static Tensor erf(Tensor input) => input.erf();

    public static Tensor floor(Tensor input) => input.floor();

    public static Tensor ceil(Tensor input) => input.ceil();

    public static Tensor sign(Tensor input) => input.sign();

    public static Tensor trunc(Tensor input) => input.trunc();

    public static Tensor isnan(Tensor input) => input.isnan();

    public static Tensor isinf(Tensor tensor) => tensor.isinf();

    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();

    public static Tensor logical_not(Tensor input) => input.logical_not();
}
