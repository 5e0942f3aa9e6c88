import PithGraph

extension LpPool: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(LpPool(window: try node.window(), power: try node.int("p") ?? 2), node)
  }
}

/// ONNX's GlobalLpPool: the norm of each channel's map.
enum ONNXGlobalLpPool: ONNXReader {
  static let opType = "GlobalLpPool"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let x = try builder.required(node, 0)
    let shape = try builder.type(x).shape
    guard shape.rank >= 3 else {
      throw GraphError("the input has shape \(shape), but [N, C, spatial…] is needed")
    }
    let axes = builder.constant(node, "axes", Tensor(ints: Array(2..<shape.rank)))
    switch try node.int("p") ?? 2 {
    case 1: try builder.emit(ReduceL1(), node, inputs: [x, axes])
    case 2: try builder.emit(ReduceL2(), node, inputs: [x, axes])
    case let power where power > 2:
      let sizes = shape.dimensions.dropFirst(2).compactMap(\.size)
      guard sizes.count == shape.rank - 2 else { throw GraphError("its map's size is not known") }
      try builder.emit(LpPool(window: Window(kernel: sizes), power: power), node)
    case let power: throw GraphError("a norm of power \(power) does not exist")
    }
  }
}
