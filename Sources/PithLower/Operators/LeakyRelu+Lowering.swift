import CPith
import Foundation
import PithGraph

extension LeakyRelu: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerTable(node) { $0 >= 0 ? $0 : Double(alpha) * $0 }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerUnary(node, PITH_LEAKY_RELU, alpha)
  }
}
