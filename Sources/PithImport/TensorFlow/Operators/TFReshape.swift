import PithGraph

/// The same elements under another shape, in which one size may be −1: whatever fits.
enum TFReshape: TFReader {
  static let operators = ["Reshape"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    guard let target = try builder.integers(node, 1) else {
      throw GraphError("the new shape is computed from data; Pith needs it to follow from the inputs' shapes")
    }
    if case .integers(let integers) = try builder.known(node, 0), let sizes = target.numbers {
      let known = sizes.filter { $0 != -1 }
      guard let count = Shape.elementCount(known), known.count >= sizes.count - 1 else {
        throw GraphError("the new shape \(sizes) is none")
      }
      let rest = count == 0 ? 0 : integers.elements.count / count
      guard let result = integers.reshaped(sizes.map { $0 == -1 ? rest : $0 }) else {
        throw GraphError("\(integers.elements.count) elements cannot become shape \(sizes)")
      }
      return [.integers(result)]
    }
    return [.tensor(try builder.reshape(try builder.tensor(node, 0), to: target.elements, name: node.name))]
  }
}
