import PithGraph

/// The sizes of tensors, which are known by the time they are asked for, some by name only.
enum TFShapeOf: TFReader {
  static let operators = ["Shape", "ShapeN", "Size", "Rank"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    func dimensions(_ index: Int) throws -> [Dimension] {
      if case .integers(let integers) = try builder.known(node, index) {
        return integers.shape.map { .fixed($0) }
      }
      return try builder.shape(node, index).dimensions
    }
    switch node.op {
    case "ShapeN": return try node.inputs.indices.map { .integers(TFIntegers(vector: try dimensions($0))) }
    case "Size":
      let count = try dimensions(0).reduce(Dimension.fixed(1)) { try $0.multiplied(by: $1) }
      return [.integers(TFIntegers(count))]
    case "Rank": return [.integers(TFIntegers(.fixed(try dimensions(0).count)))]
    default: return [.integers(TFIntegers(vector: try dimensions(0)))]
    }
  }
}
