import PithGraph

/// The clamp that a Relu, a Clip with constant bounds or a fused activation is.
struct Clamp: Hashable {
  var low: Float
  var high: Float

  init?(low: Float, high: Float) {
    guard low <= high else { return nil }
    // One zero: a clamp to -0 is a clamp to 0.
    self.low = low + 0
    self.high = high + 0
  }

  init?(_ activation: Activation) {
    if case .clip(let low, let high) = activation, !(low <= high) { return nil }
    self.init(low: activation.bounds.lowerBound, high: activation.bounds.upperBound)
  }

  /// Reads a node of one float32 operand so.
  init?(_ node: Node, in context: RewriteContext) {
    guard context.type(node, 0)?.element == .float32 else { return nil }
    switch node.op {
    case is Relu: self.init(low: 0, high: .infinity)
    case is Clip:
      guard !context.has(node, 1) || context.scalar(node, 1) != nil,
        !context.has(node, 2) || context.scalar(node, 2) != nil
      else { return nil }
      self.init(low: context.scalar(node, 1) ?? -.infinity, high: context.scalar(node, 2) ?? .infinity)
    default: return nil
    }
  }

  /// This clamp and then another, which is a clamp again.
  func followed(by next: Clamp) -> Clamp {
    var result = next
    result.low = Swift.min(next.high, Swift.max(next.low, low))
    result.high = Swift.min(next.high, Swift.max(next.low, high))
    return result
  }

  /// As an attribute; nil where nothing is clamped.
  var activation: Activation? {
    if low == 0, high == .infinity { return .relu }
    return isIdentity ? nil : .clip(low, high)
  }

  var isIdentity: Bool { low == -.infinity && high == .infinity }
}
