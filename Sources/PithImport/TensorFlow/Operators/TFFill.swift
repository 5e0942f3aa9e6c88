import PithGraph

/// One element repeated to a shape.
enum TFFill: TFReader {
  static let operators = ["Fill", "ZerosLike", "OnesLike", "BroadcastTo"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let dimensions: [Dimension]
    let value: TFGraphBuilder.Known
    switch node.op {
    case "ZerosLike", "OnesLike":
      let number: Float = node.op == "OnesLike" ? 1 : 0
      if case .integers(let integers) = try builder.known(node, 0) {
        dimensions = integers.shape.map { .fixed($0) }
      } else {
        dimensions = try builder.shape(node, 0).dimensions
      }
      let element = try builder.type(try builder.tensor(node, 0)).element
      if element == .int64 {
        value = .integers(TFIntegers(.fixed(Int(number))))
      } else {
        let scalar = builder.constant(node, "value", Tensor(number))
        value = .tensor(
          element == .float32 ? scalar : try builder.part(Cast(to: element), node, "cast", [scalar]))
      }
    default:
      let index = node.op == "Fill" ? 0 : 1
      guard let shape = try builder.integers(node, index) else {
        throw GraphError("the shape is computed from data; Pith needs it to follow from the inputs' shapes")
      }
      dimensions = shape.elements
      value = try builder.known(node, 1 - index)
    }
    let sizes = dimensions.compactMap(\.size)
    let isKnown = sizes.count == dimensions.count
    if isKnown, case .integers(let integers) = value, let result = integers.expanded(to: sizes) {
      return [.integers(result)]
    }
    let x: ValueID
    switch value {
    case .tensor(let id): x = id
    case .integers(let integers): x = try builder.materialize(integers, name: "\(node.name).value")
    case .variable(let names): x = try builder.variable(names)
    case .dilated: throw GraphError("it cannot fill with an image")
    }
    if isKnown, let number = builder.graph[x].constant?.floats, number.count == 1 {
      guard sizes.count <= ImportLimits.rank, let count = Shape.elementCount(sizes), builder.mayFill(count)
      else {
        throw GraphError("a tensor of shape \(Shape(sizes)) is too large to be written out")
      }
      let filled = Tensor(shape: sizes, floats: Array(repeating: number[0], count: count))
      return [.tensor(builder.constant(node.name, filled))]
    }
    let shape = try builder.materialize(TFIntegers(vector: dimensions), name: "\(node.name).shape")
    return [.tensor(try builder.emit(Expand(), node, [x, shape]))]
  }
}
