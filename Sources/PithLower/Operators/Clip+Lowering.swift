import CPith
import PithGraph

extension Clip: Lowerable {
  /// The constant bounds.
  private func bounds(_ node: Node, _ lowering: Lowering) throws -> (low: Float, high: Float) {
    func bound(_ index: Int, _ missing: Float) throws -> Float {
      guard index < node.inputs.count, node.inputs[index] != nil else { return missing }
      guard let value = lowering.graph.constant(node, index)?.floats?.first else {
        throw GraphError("its bounds are computed, and the runtime takes constants")
      }
      return value
    }
    return (
      Swift.max(try bound(1, -.infinity), -.greatestFiniteMagnitude),
      Swift.min(try bound(2, .infinity), .greatestFiniteMagnitude)
    )
  }

  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let (low, high) = try bounds(node, lowering)
    try lowering.lowerTable(node) { Swift.min(Double(high), Swift.max(Double(low), $0)) }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let (low, high) = try bounds(node, lowering)
    try lowering.lowerUnary(node, PITH_CLIP, low, high)
  }
}
