import PithGraph

/// Moves a transpose behind the operators that read it, where they can as well work on the axes in their old order. So
/// the two transposes around each layer that exporters of channels-last networks write meet and cancel.
///
/// There are never more transposes in the end than before.
public struct SinkTranspose: RewriteRule {
  public let name = "sink transpose"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Transpose else { return nil }
    // All that can move, or at least the next node.
    for limit in [Int.max, 1] {
      guard let region = try TransposeRegion(from: node, limit: limit, in: context) else { return nil }
      if region.gain >= 0 { return try region.patch() }
    }
    return nil
  }
}
