import PithGraph

/// ONNX's NegativeLogLikelihoodLoss, composed of what it picks and weighs.
enum ONNXNegativeLogLikelihoodLoss: ONNXReader {
  static let opType = "NegativeLogLikelihoodLoss"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emitLikelihoodLoss(node, logarithms: try builder.required(node, 0))
  }
}

/// ONNX's SoftmaxCrossEntropyLoss: that of the logarithm of the softmax.
enum ONNXSoftmaxCrossEntropyLoss: ONNXReader {
  static let opType = "SoftmaxCrossEntropyLoss"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let logarithms = try builder.emitPart(
      LogSoftmax(axis: 1), node, "log_prob", inputs: [try builder.required(node, 0)])
    try builder.emitLikelihoodLoss(node, logarithms: logarithms)
    if node.outputs.count > 1, !node.outputs[1].isEmpty { builder.bind(node.outputs[1], to: logarithms) }
  }
}

extension ONNXGraphBuilder {
  /// Adds −weight[target] · logarithms[target], reduced as the node says.
  fileprivate func emitLikelihoodLoss(_ node: ONNXNode, logarithms: ValueID) throws {
    let reduction = try node.string("reduction") ?? "mean"
    guard ["none", "sum", "mean"].contains(reduction) else {
      throw GraphError("reduction '\(reduction.printable())' is unknown")
    }
    var target = try required(node, 1)
    if try type(target).element == .int32 {
      target = try emitPart(Cast(to: .int64), node, "labels", inputs: [target])
    }
    var weights = try operand(node, 2)
    var kept: ValueID?
    if let ignored = try node.int("ignore_index") {
      let number = constant(node, "ignored", Tensor(shape: [], ints: [ignored]))
      let mask = try emitPart(Equal(), node, "is_ignored", inputs: [target, number])
      target = try emitPart(
        Where(), node, "targets",
        inputs: [mask, constant(node, "first", Tensor(shape: [], ints: [0])), target])
      let isKept = try emitPart(Not(), node, "is_kept", inputs: [mask])
      kept = try emitPart(Cast(to: .float32), node, "kept", inputs: [isKept])
    }
    if let list = weights {
      weights = try emitPart(Gather(), node, "weights", inputs: [list, target])
      if let factor = kept, let own = weights {
        weights = try emitPart(Mul(), node, "kept_weights", inputs: [own, factor])
      }
    } else {
      weights = kept
    }
    let axes = constant(node, "class_axis", Tensor(ints: [1]))
    let indices = try emitPart(Unsqueeze(), node, "indices", inputs: [target, axes])
    let picked = try emitPart(GatherElements(axis: 1), node, "picked", inputs: [logarithms, indices])
    let flat = try emitPart(Squeeze(), node, "flat", inputs: [picked, axes])
    let outputs = Array(node.outputs.prefix(1))
    if reduction == "none", weights == nil { return try emit(Neg(), node, inputs: [flat], outputs: outputs) }
    var loss = try emitPart(Neg(), node, "loss", inputs: [flat])
    if let weights { loss = try emitPart(Mul(), node, "weighted", inputs: [loss, weights]) }
    switch reduction {
    case "none": bind(outputs[0], to: loss)
    case "sum": try emit(ReduceSum(keepsDimensions: false), node, inputs: [loss], outputs: outputs)
    default:
      guard let weights else {
        return try emit(ReduceMean(keepsDimensions: false), node, inputs: [loss], outputs: outputs)
      }
      let sum = try emitPart(ReduceSum(keepsDimensions: false), node, "sum", inputs: [loss])
      let total = try emitPart(ReduceSum(keepsDimensions: false), node, "total", inputs: [weights])
      try emit(Div(), node, inputs: [sum, total], outputs: outputs)
    }
  }
}
