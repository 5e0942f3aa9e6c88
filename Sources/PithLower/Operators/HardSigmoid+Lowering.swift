import CPith
import Foundation
import PithGraph

extension HardSigmoid: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerTable(node) { Swift.max(0, Swift.min(1, Double(alpha) * $0 + Double(beta))) }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerUnary(node, PITH_HARD_SIGMOID, alpha, beta)
  }
}
