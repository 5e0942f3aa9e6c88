import PithGraph

/// What passes its operands on as they are, in inference.
enum TFIdentity: TFReader {
  static let operators = [
    "Identity", "IdentityN", "StopGradient", "PreventGradient", "Snapshot", "CheckNumerics", "EnsureShape",
    "PlaceholderWithDefault",
  ]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    try (0..<(node.op == "IdentityN" ? node.inputs.count : 1)).map { try builder.known(node, $0) }
  }
}
