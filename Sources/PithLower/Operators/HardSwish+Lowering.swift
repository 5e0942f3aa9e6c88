import CPith
import Foundation
import PithGraph

extension HardSwish: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerTable(node) { $0 * Swift.max(0, Swift.min(1, $0 / 6 + 0.5)) }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerUnary(node, PITH_HARD_SWISH)
  }
}
