import PithGraph

// Functions of one number: a table of 256 bytes, whose range calibration sees.

extension Abs: Quantizable {}
extension Acos: Quantizable {}
extension Acosh: Quantizable {}
extension Asin: Quantizable {}
extension Asinh: Quantizable {}
extension Atan: Quantizable {}
extension Atanh: Quantizable {}
extension Ceil: Quantizable {}
extension Celu: Quantizable {}
extension Cos: Quantizable {}
extension Cosh: Quantizable {}
extension Elu: Quantizable {}
extension Erf: Quantizable {}
extension Exp: Quantizable {}
extension Floor: Quantizable {}
extension Gelu: Quantizable {}
extension Log: Quantizable {}
extension Mish: Quantizable {}
extension Neg: Quantizable {}
extension Reciprocal: Quantizable {}
extension Round: Quantizable {}
extension Selu: Quantizable {}
extension Shrink: Quantizable {}
extension Sign: Quantizable {}
extension Sin: Quantizable {}
extension Sinh: Quantizable {}
extension Softplus: Quantizable {}
extension Softsign: Quantizable {}
extension Sqrt: Quantizable {}
extension Swish: Quantizable {}
extension Tan: Quantizable {}
extension ThresholdedRelu: Quantizable {}
