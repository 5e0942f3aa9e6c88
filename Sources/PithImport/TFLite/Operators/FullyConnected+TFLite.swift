import PithGraph

/// FULLY_CONNECTED: x · Wᵀ + b over the last axis.
enum TFLiteFullyConnected: TFLiteReader {
  static let opTypes = ["FULLY_CONNECTED"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let options = try node.options(.fullyConnected)
    guard try options?.number(1, Int8(0)) ?? 0 == 0 else {
      throw GraphError("its weights are shuffled, which is not supported; convert the model for the CPU")
    }
    var x = try builder.required(node, 0)
    let weights = try builder.weights(node, 1, order: [0, 1])
    guard let sizes = try builder.type(weights).shape.sizes, sizes.count == 2 else {
      throw GraphError("its weights have shape \(try builder.type(weights).shape), but two axes are needed")
    }
    let bias = try builder.bias(node, 2, weights: 1, channels: sizes[0])
    let shape = try builder.type(x).shape
    if shape.rank != 2 || shape[1] != .fixed(sizes[1]) {
      let rows = builder.constant(node, "rows", Tensor(ints: [-1, sizes[1]]))
      x = try builder.part(Reshape(), node, "matrix", [x, rows])
    }
    let activation = Int(try options?.number(0, Int8(0)) ?? 0)
    let keepsAxes = try options?.bool(2) ?? false
    guard keepsAxes, shape.rank != 2 else {
      return try builder.emit(
        Gemm(transposesB: true), node, inputs: [x, weights, bias], activation: activation)
    }
    var product = try builder.part(Gemm(transposesB: true), node, "product", [x, weights, bias])
    product = try builder.activated(product, activation, node)
    let target = try builder.sizes(
      Shape(shape.dimensions.dropLast() + [.fixed(sizes[0])]), of: try builder.required(node, 0), node)
    try builder.emit(Reshape(), node, inputs: [product, target])
  }
}
