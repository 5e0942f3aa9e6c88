import PithGraph

/// Batch normalization with the statistics of the training.
enum KerasBatchNormalization: KerasReader {
  static let classNames = [
    "BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization",
  ]

  static let dependsOnTraining = true

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(
      variables: try affineVariables(layer) + [
        .init(name: "moving_mean", isTrainable: false), .init(name: "moving_variance", isTrainable: false),
      ])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layer = call.layer
    if try layer.flag("renorm") { throw GraphError("renormalization is not supported; train it without") }
    let x = try call.floatInput()
    let rank = try call.shape(x).rank
    let axes = try layer.ints("axis") ?? [-1]
    guard axes.count == 1, rank >= 2 else {
      throw GraphError("it normalizes over axes \(axes), but only one is supported")
    }
    let axis = try Operands.axis(axes[0], rank: rank)
    let channels = try call.size(x, axis)
    let operands = try ["gamma", "beta", "moving_mean", "moving_variance"].map { name in
      try call.constant(name) {
        if layer.has(name) { return try layer.array(name, [channels]) }
        return Tensor.filled([channels], name == "gamma" ? 1 : 0)
      }
    }
    // The channels as axis 1, as the operator has them.
    let order = [0, axis] + (1..<rank).filter { $0 != axis }
    guard axis > 0 else { throw GraphError("it normalizes over the batch, which is not supported") }
    var y = try call.transpose(x, order, "nchw")
    y = try call.add(BatchNormalization(epsilon: try layer.float("epsilon") ?? 1e-3), [y] + operands)
    return [try call.transpose(y, inverse(order), "nhwc")]
  }

  /// gamma and beta, as far as they are there.
  static func affineVariables(_ layer: KerasLayer) throws -> [KerasVariable] {
    (try layer.flag("scale", default: true) ? [.init(name: "gamma")] : [])
      + (try layer.flag("center", default: true) ? [.init(name: "beta")] : [])
  }

  static func inverse(_ order: [Int]) -> [Int] {
    var result = order
    for (index, axis) in order.enumerated() { result[axis] = index }
    return result
  }
}

/// Layer normalization over the last axes.
enum KerasLayerNormalization: KerasReader {
  static let classNames = ["LayerNormalization"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(variables: try KerasBatchNormalization.affineVariables(layer))
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layer = call.layer
    if try layer.flag("rms_scaling") {
      throw GraphError("rms_scaling is not supported; use RMSNormalization")
    }
    let x = try call.floatInput()
    let rank = try call.shape(x).rank
    let axes = Set(try (layer.ints("axis") ?? [-1]).map { try Operands.axis($0, rank: rank) }).sorted()
    // The axes at the end, in their order, as the operator has them.
    let order = (0..<rank).filter { !axes.contains($0) } + axes
    guard let first = axes.first, first > 0 else {
      throw GraphError("it normalizes over the batch, which is not supported")
    }
    let sizes = try axes.map { try call.size(x, $0) }
    let scale = try call.constant("gamma") {
      layer.has("gamma") ? try layer.array("gamma", sizes) : Tensor.filled(sizes, 1)
    }
    let bias = layer.has("beta") ? try call.constant("beta") { try layer.array("beta", sizes) } : nil
    var y = try call.transpose(x, order, "last")
    let op = LayerNormalization(axis: rank - axes.count, epsilon: try layer.float("epsilon") ?? 1e-3)
    y = try call.add(op, [y, scale, bias])
    return [try call.transpose(y, KerasBatchNormalization.inverse(order), "back")]
  }
}

/// Group normalization; one channel a group is instance normalization.
enum KerasGroupNormalization: KerasReader {
  static let classNames = ["GroupNormalization"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(variables: try KerasBatchNormalization.affineVariables(layer))
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layer = call.layer
    let x = try call.floatInput()
    let rank = try call.shape(x).rank
    guard rank >= 2 else { throw GraphError("its operand has no channels") }
    let axis = try Operands.axis(try layer.int("axis") ?? -1, rank: rank)
    guard axis > 0 else { throw GraphError("it normalizes over the batch, which is not supported") }
    let channels = try call.size(x, axis)
    var groups = try layer.int("groups") ?? 32
    if groups == -1 { groups = channels }
    let operands = try ["gamma", "beta"].map { name in
      try call.constant(name) {
        if layer.has(name) { return try layer.array(name, [channels]) }
        return Tensor.filled([channels], name == "gamma" ? 1 : 0)
      }
    }
    let order = [0, axis] + (1..<rank).filter { $0 != axis }
    var y = try call.transpose(x, order, "nchw")
    y = try call.add(
      GroupNormalization(groups: groups, epsilon: try layer.float("epsilon") ?? 1e-3), [y] + operands)
    return [try call.transpose(y, KerasBatchNormalization.inverse(order), "nhwc")]
  }
}

/// Each vector divided by its length.
enum KerasUnitNormalization: KerasReader {
  static let classNames = ["UnitNormalization"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.floatInput()
    let axes = call.integers("axes", try call.layer.ints("axis") ?? [-1])
    let squares = try call.add(ReduceSumSquare(), [x, axes], "squares")
    // Keras bounds the sum by 1e-12 from below.
    let bounded = try call.add(Max(), [squares, call.scalar("floor", 1e-12)], "bounded")
    return [try call.add(Div(), [x, try call.add(Sqrt(), [bounded], "length")])]
  }
}

/// Each vector divided by the root of its mean square.
enum KerasRMSNormalization: KerasReader {
  static let classNames = ["RMSNormalization"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(variables: [.init(name: "scale")])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.floatInput()
    let axes = try call.layer.ints("axis") ?? [-1]
    let axis = try Operands.axis(axes.last ?? -1, rank: try call.shape(x).rank)
    guard try axis == call.shape(x).rank - 1, axes.count == 1 else {
      throw GraphError("it normalizes over axes \(axes), but only the last one is supported")
    }
    let squares = try call.add(Mul(), [x, x], "squares")
    let mean = try call.add(ReduceMean(), [squares, call.integers("axes", [axis])], "mean")
    let epsilon = call.scalar("epsilon", try call.layer.float("epsilon") ?? 1e-6)
    let root = try call.add(Sqrt(), [try call.add(Add(), [mean, epsilon], "bounded")], "root")
    let scale = try call.constant("scale") { try call.layer.array("scale", [try call.size(x, axis)]) }
    return [try call.add(Mul(), [try call.add(Div(), [x, root], "normalized"), scale])]
  }
}
