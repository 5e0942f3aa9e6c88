/// A clamp fused into the operator that produces its input.
public enum Activation: Sendable, Hashable {
  case relu
  /// ReLU6 is `.clip(0, 6)`.
  case clip(Float, Float)

  /// The interval that values are clamped to.
  public var bounds: ClosedRange<Float> {
    switch self {
    case .relu: 0...Float.infinity
    case .clip(let low, let high): low...Swift.max(low, high)
    }
  }
}

/// An operator that can end in a fused activation.
public protocol ActivationFusible: Operator {
  var activation: Activation? { get set }
}
