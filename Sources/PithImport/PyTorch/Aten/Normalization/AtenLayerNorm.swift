import PithGraph

/// Layer normalization over the last axes.
enum AtenLayerNorm: AtenReader {
  static let targets = ["layer_norm.default", "native_layer_norm.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("input")
    let shape = try call.ints("normalized_shape") ?? []
    let (scale, bias) = (try call.optionalTensor("weight"), try call.optionalTensor("bias"))
    call.ignore("cudnn_enable")
    let epsilon = try call.float("eps") ?? 1e-5
    guard !shape.isEmpty, shape.count <= (try call.rank(x)), let count = Shape.elementCount(shape) else {
      throw GraphError("normalized_shape \(shape) does not fit its input")
    }
    for index in 1...2 { try call.checkUnused(index, "the statistics of a layer normalization") }
    let unit: ValueID
    if let scale {
      unit = scale
    } else {
      guard call.builder.mayFill(count) else { throw GraphError("\(count) elements are too many") }
      unit = call.constant(Tensor.filled(shape, 1, .float32), "scale")
    }
    try call.result(LayerNormalization(axis: -shape.count, epsilon: Float(epsilon)), [x, unit, bias])
  }
}
