/// A function inside a recurrent cell: one of a gate, or of the state.
///
/// ONNX, "RNN", attribute `activations`; names are compared as ONNX spells them.
public enum RecurrentActivation: Sendable, Hashable {
  case sigmoid
  case tanh
  case relu
  /// α · x + β.
  case affine(alpha: Float, beta: Float)
  case leakyRelu(alpha: Float)
  /// x where x ≥ α, else 0.
  case thresholdedRelu(alpha: Float)
  /// α · tanh(β · x).
  case scaledTanh(alpha: Float, beta: Float)
  /// clamp(α · x + β, 0, 1).
  case hardSigmoid(alpha: Float, beta: Float)
  /// x where x ≥ 0, else α · (eˣ − 1).
  case elu(alpha: Float)
  /// x / (1 + |x|).
  case softsign
  /// ln(1 + eˣ).
  case softplus

  /// What ONNX calls it.
  public var name: String {
    switch self {
    case .sigmoid: "Sigmoid"
    case .tanh: "Tanh"
    case .relu: "Relu"
    case .affine: "Affine"
    case .leakyRelu: "LeakyRelu"
    case .thresholdedRelu: "ThresholdedRelu"
    case .scaledTanh: "ScaledTanh"
    case .hardSigmoid: "HardSigmoid"
    case .elu: "Elu"
    case .softsign: "Softsign"
    case .softplus: "Softplus"
    }
  }

  /// The function's parameters, as ONNX's `activation_alpha` and `activation_beta` have them.
  public var parameters: (alpha: Float?, beta: Float?) {
    switch self {
    case .sigmoid, .tanh, .relu, .softsign, .softplus: (nil, nil)
    case .leakyRelu(let alpha), .thresholdedRelu(let alpha), .elu(let alpha): (alpha, nil)
    case .affine(let alpha, let beta), .scaledTanh(let alpha, let beta), .hardSigmoid(let alpha, let beta):
      (alpha, beta)
    }
  }

  /// The function that ONNX calls so, in any case of letters; parameters that it does not take stay unused.
  ///
  /// The defaults are those of the ONNX operators of the same names.
  public init?(name: String, alpha: Float? = nil, beta: Float? = nil) {
    switch name.lowercased() {
    case "sigmoid": self = .sigmoid
    case "tanh": self = .tanh
    case "relu": self = .relu
    case "affine": self = .affine(alpha: alpha ?? 1, beta: beta ?? 0)
    case "leakyrelu": self = .leakyRelu(alpha: alpha ?? 0.01)
    case "thresholdedrelu": self = .thresholdedRelu(alpha: alpha ?? 1)
    case "scaledtanh": self = .scaledTanh(alpha: alpha ?? 1, beta: beta ?? 1)
    case "hardsigmoid": self = .hardSigmoid(alpha: alpha ?? 0.2, beta: beta ?? 0.5)
    case "elu": self = .elu(alpha: alpha ?? 1)
    case "softsign": self = .softsign
    case "softplus": self = .softplus
    default: return nil
    }
  }
}
