namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.abs.Call(this);

        public Tensor neg() => Aten.neg.Call(this);

        public Tensor exp() => Aten.exp.Call(this);

        public Tensor log() => Aten.log.Call(this);

        public Tensor log2() => Aten.log2.Call(this);

        public Tensor log1p() => Aten.log1p.Call(this);

        public Tensor log10() => Aten.log10.Call(this);

        public Tensor expm1() => Aten.expm1.Call(this);

        public Tensor sqrt() => Aten.sqrt.Call(this);

        public Tensor rsqrt() => Aten.rsqrt.Call(this);

        public Tensor reciprocal() => Aten.reciprocal.Call(this);

        public Tensor square() => Aten.square.Call(this);

        public Tensor sin() => Aten.sin.Call(this);

        public Tensor cos() => Aten.cos.Call(this);

        public Tensor tan() => Aten.tan.Call(this);

        public Tensor asin() => Aten.asin.Call(this);

        public Tensor acos() => Aten.acos.Call(this);

        public Tensor atan() => Aten.atan.Call(this);

        public Tensor sinh() => Aten.sinh.Call(this);

        public Tensor cosh() => Aten.cosh.Call(this);

        public Tensor tanh() => Aten.tanh.Call(this);

        public Tensor sigmoid() => Aten.sigmoid.Call(this);

        public Tensor relu() => Aten.relu.Call(this);

        public Tensor erf() => Aten.erf.Call(this);

        public Tensor floor() => Aten.floor.Call(this);

        public Tensor ceil() => Aten.ceil.Call(this);

        public Tensor sign() => Aten.sign.Call(this);

        public Tensor trunc() => Aten.trunc.Call(this);

        public Tensor isnan() => Aten.isnan.Call(this);

        public Tensor isinf() => Aten.isinf.Call(this);

        public Tensor isfinite() => Aten.isfinite.Call(this);

        public Tensor logical_not() => Aten.logical_not.Call(this);

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
