namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Aten.add.CallBinary(left, right);

        public static Tensor operator +(Tensor left, Scalar right) => Aten.add_scalar.Call(left, right);

        public static Tensor operator +(Tensor left, int right) => Aten.add_scalar.Call(left, right);

        public static Tensor operator +(Tensor left, long right) => Aten.add_scalar.Call(left, right);

        public static Tensor operator +(Tensor left, float right) => Aten.add_scalar.Call(left, right);

        public static Tensor operator +(Tensor left, double right) => Aten.add_scalar.Call(left, right);

        public static Tensor operator +(Scalar left, Tensor right) => Aten.add_scalar.Call(right, left);

        public static Tensor operator +(int left, Tensor right) => Aten.add_scalar.Call(right, left);

        public static Tensor operator +(long left, Tensor right) => Aten.add_scalar.Call(right, left);

        public static Tensor operator +(float left, Tensor right) => Aten.add_scalar.Call(right, left);

        public static Tensor operator +(double left, Tensor right) => Aten.add_scalar.Call(right, left);

        public static Tensor operator -(Tensor left, Tensor right) => Aten.sub.CallBinary(left, right);

        public static Tensor operator -(Tensor left, Scalar right) => Aten.sub_scalar.Call(left, right);

        public static Tensor operator -(Tensor left, int right) => Aten.sub_scalar.Call(left, right);

        public static Tensor operator -(Tensor left, long right) => Aten.sub_scalar.Call(left, right);

        public static Tensor operator -(Tensor left, float right) => Aten.sub_scalar.Call(left, right);

        public static Tensor operator -(Tensor left, double right) => Aten.sub_scalar.Call(left, right);

        public static Tensor operator -(Scalar left, Tensor right) => Aten.rsub_scalar.Call(right, left);

        public static Tensor operator -(int left, Tensor right) => Aten.rsub_scalar.Call(right, left);

        public static Tensor operator -(long left, Tensor right) => Aten.rsub_scalar.Call(right, left);

        public static Tensor operator -(float left, Tensor right) => Aten.rsub_scalar.Call(right, left);

        public static Tensor operator -(double left, Tensor right) => Aten.rsub_scalar.Call(right, left);

        public static Tensor operator *(Tensor left, Tensor right) => Aten.mul.CallBinary(left, right);

        public static Tensor operator *(Tensor left, Scalar right) => Aten.mul_scalar.Call(left, right);

        public static Tensor operator *(Tensor left, int right) => Aten.mul_scalar.Call(left, right);

        public static Tensor operator *(Tensor left, long right) => Aten.mul_scalar.Call(left, right);

        public static Tensor operator *(Tensor left, float right) => Aten.mul_scalar.Call(left, right);

        public static Tensor operator *(Tensor left, double right) => Aten.mul_scalar.Call(left, right);

        public static Tensor operator *(Scalar left, Tensor right) => Aten.mul_scalar.Call(right, left);

        public static Tensor operator *(int left, Tensor right) => Aten.mul_scalar.Call(right, left);

        public static Tensor operator *(long left, Tensor right) => Aten.mul_scalar.Call(right, left);

        public static Tensor operator *(float left, Tensor right) => Aten.mul_scalar.Call(right, left);

        public static Tensor operator *(double left, Tensor right) => Aten.mul_scalar.Call(right, left);

        public static Tensor operator /(Tensor left, Tensor right) => Aten.div.CallBinary(left, right);

        public static Tensor operator /(Tensor left, Scalar right) => Aten.div_scalar.Call(left, right);

        public static Tensor operator /(Tensor left, int right) => Aten.div_scalar.Call(left, right);

        public static Tensor operator /(Tensor left, long right) => Aten.div_scalar.Call(left, right);

        public static Tensor operator /(Tensor left, float right) => Aten.div_scalar.Call(left, right);

        public static Tensor operator /(Tensor left, double right) => Aten.div_scalar.Call(left, right);

        public static Tensor operator /(Scalar left, Tensor right) => Inverse(right, left);

        public static Tensor operator /(int left, Tensor right) => Inverse(right, left);

        public static Tensor operator /(long left, Tensor right) => Inverse(right, left);

        public static Tensor operator /(float left, Tensor right) => Inverse(right, left);

        public static Tensor operator /(double left, Tensor right) => Inverse(right, left);

        public static Tensor operator %(Tensor left, Tensor right) => Aten.remainder.Call(left, right);

        public static Tensor operator %(Tensor left, Scalar right) => Aten.remainder_scalar.Call(left, right);

        public static Tensor operator %(Tensor left, int right) => Aten.remainder_scalar.Call(left, right);

        public static Tensor operator %(Tensor left, long right) => Aten.remainder_scalar.Call(left, right);

        public static Tensor operator %(Tensor left, float right) => Aten.remainder_scalar.Call(left, right);

        public static Tensor operator %(Tensor left, double right) => Aten.remainder_scalar.Call(left, right);

        public static Tensor operator >(Tensor left, Tensor right) => Aten.gt.Call(left, right);

        public static Tensor operator >(Tensor left, Scalar right) => Aten.gt_scalar.Call(left, right);

        public static Tensor operator >(Scalar left, Tensor right) => Aten.lt_scalar.Call(right, left);

        public static Tensor operator >=(Tensor left, Tensor right) => Aten.ge.Call(left, right);

        public static Tensor operator >=(Tensor left, Scalar right) => Aten.ge_scalar.Call(left, right);

        public static Tensor operator >=(Scalar left, Tensor right) => Aten.le_scalar.Call(right, left);

        public static Tensor operator <(Tensor left, Tensor right) => Aten.lt.Call(left, right);

        public static Tensor operator <(Tensor left, Scalar right) => Aten.lt_scalar.Call(left, right);

        public static Tensor operator <(Scalar left, Tensor right) => Aten.gt_scalar.Call(right, left);

        public static Tensor operator <=(Tensor left, Tensor right) => Aten.le.Call(left, right);

        public static Tensor operator <=(Tensor left, Scalar right) => Aten.le_scalar.Call(left, right);

        public static Tensor operator <=(Scalar left, Tensor right) => Aten.ge_scalar.Call(right, left);

        public static Tensor operator ==(Tensor left, Tensor right) => Aten.eq.Call(left, right);

        public static Tensor operator ==(Tensor left, Scalar right) => Aten.eq_scalar.Call(left, right);

        public static Tensor operator ==(Scalar left, Tensor right) => Aten.eq_scalar.Call(right, left);

        public static Tensor operator !=(Tensor left, Tensor right) => Aten.ne.Call(left, right);

        public static Tensor operator !=(Tensor left, Scalar right) => Aten.ne_scalar.Call(left, right);

        public static Tensor operator !=(Scalar left, Tensor right) => Aten.ne_scalar.Call(right, left);

        public static Tensor operator &(Tensor left, Tensor right) => Aten.bitwise_and.Call(left, right);

        public static Tensor operator |(Tensor left, Tensor right) => Aten.bitwise_or.Call(left, right);

        public static Tensor operator ^(Tensor left, Tensor right) => Aten.bitwise_xor.Call(left, right);

        public static Tensor operator ~(Tensor left) => Aten.bitwise_not.Call(left);

        public static Tensor operator -(Tensor tensor) => Aten.neg.Call(tensor);

        public static implicit operator Tensor(bool value) => tensor(value);

        public static implicit operator Tensor(byte value) => tensor(value);

        public static implicit operator Tensor(short value) => tensor(value);

        public static implicit operator Tensor(int value) => tensor(value);

        public static implicit operator Tensor(long value) => tensor(value);

        public static implicit operator Tensor(float value) => tensor(value);

        public static implicit operator Tensor(double value) => tensor(value);

        public static implicit operator Tensor(Scalar scalar) => Of(scalar);

        public static explicit operator bool(Tensor value) => value.ToBoolean();

        public static explicit operator int(Tensor value) => value.ToInt32();

        public static explicit operator long(Tensor value) => value.ToInt64();

        public static explicit operator float(Tensor value) => value.ToSingle();

        public static explicit operator double(Tensor value) => value.ToDouble();

        // Equality of tensors is elementwise; equality of objects stays identity.
        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        private static Scalar Present(Scalar scalar) => scalar ?? throw new ArgumentNullException(nameof(scalar));

        private static Tensor Inverse(Tensor divisor, PECHead.Torch.Interop.Argument dividend)
        {
            using var reciprocal = Aten.reciprocal.Call(divisor);
            return Aten.mul_scalar.Call(reciprocal, dividend);
        }

        private static Tensor Of(Scalar scalar) => Present(scalar).Type switch
        {
            ScalarType.Bool => tensor(scalar.ToBoolean()),
            ScalarType.Float32 => tensor(scalar.ToSingle()),
            ScalarType.Float64 => tensor(scalar.ToDouble()),
            _ => tensor(scalar.ToInt64(), scalar.Type),
        };
    }
}
