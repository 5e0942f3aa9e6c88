import PithGraph

/// A layer that is applied to each step by itself.
enum KerasTimeDistributed: KerasReader {
  static let classNames = ["TimeDistributed"]

  /// Layers that treat all axes before the last alike, so that they need not know of the steps.
  private static let stepwise: Set<String> = [
    "Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Dropout", "Rescaling",
  ]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    guard let inner = try layer.inner("layer", depth: depth) else {
      throw GraphError("it has no layer inside; save the model again")
    }
    return KerasStructure(parts: [(["layer"], inner)])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.input()
    let inner = call.layer.parts[0].layer
    let shape = try call.shape(x)
    guard shape.rank >= 3 else { throw GraphError("its operand has shape \(shape), which has no steps") }
    if stepwise.contains(inner.className) { return try call.builder.apply(inner, [x], isPart: true) }
    // Steps become samples, and samples steps again.
    let steps = try call.size(x, 1)
    let sizes = try (2..<shape.rank).map { try call.size(x, $0) }
    let flat = try call.reshape(x, [-1] + sizes, "samples")
    return try call.builder.apply(inner, [flat], isPart: true).enumerated().map { index, y in
      let sizes = try (1..<(try call.shape(y).rank)).map { try call.size(y, $0) }
      return try call.reshape(y, [-1, steps] + sizes, "steps\(index)")
    }
  }
}
