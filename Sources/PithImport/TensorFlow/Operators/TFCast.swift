import PithGraph

/// The same numbers as another type.
enum TFCast: TFReader {
  static let operators = ["Cast"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    guard let type = try node.type("DstT") else { throw GraphError("attribute 'DstT' is missing") }
    let element = try type.supported()
    if element == .int64, case .integers(let integers) = try builder.known(node, 0) {
      return [.integers(integers)]
    }
    let x = try builder.tensor(node, 0)
    if try builder.type(x).element == element { return [try builder.known(node, 0)] }
    return [.tensor(try builder.emit(Cast(to: element), node, [x]))]
  }
}
