import CPith
import Foundation
import PithGraph

extension Relu: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerTable(node) { Swift.max(0, $0) }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerUnary(node, PITH_RELU)
  }
}
