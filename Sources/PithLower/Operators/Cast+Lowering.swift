import PithGraph

/// Integers reach the runtime as floats, so that a cast between them and to floats changes nothing.
extension Cast: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws { try lower(node, &lowering) }
  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws { try lower(node, &lowering) }

  private func lower(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let source = lowering.graph[input].type?.element
    switch (source, element) {
    case (.float32, .float32), (.int64, _), (.int32, _):
      guard element != .bool, element != .int8, element != .uint8 else { fallthrough }
      try lowering.lowerView(node)
    default:
      throw GraphError(
        "the runtime does not cast \(source?.rawValue ?? "unknown") to \(element.rawValue) while it runs")
    }
  }
}
