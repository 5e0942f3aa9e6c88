import CPith
import Foundation
import PithGraph

extension Sigmoid: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerTable(node) { 1 / (1 + exp(-$0)) }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerUnary(node, PITH_SIGMOID)
  }
}
