import PithGraph

/// A tensor repeated along its axes.
enum TFTile: TFReader {
  static let operators = ["Tile"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    guard let repeats = try builder.integers(node, 1) else {
      throw GraphError(
        "the repeats are computed from data; Pith needs them to follow from the inputs' shapes")
    }
    let x = try builder.tensor(node, 0)
    if repeats.elements.allSatisfy({ $0 == 1 }) { return [.tensor(x)] }
    let counts = try builder.materialize(repeats, name: "\(node.name).repeats")
    return [.tensor(try builder.emit(Tile(), node, [x, counts]))]
  }
}
