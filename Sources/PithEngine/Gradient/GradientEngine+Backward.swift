import PithGraph

extension GradientEngine {
  /// The gradients of a scalar with respect to the parameters, given those with respect to the graph's outputs.
  ///
  /// The tape is used up: activations are let go as the pass goes back over them.
  /// - Parameters:
  ///   - outputGradients: one for each output of the graph, of its shape; nil where it is zero.
  /// - Returns: a tensor for each parameter, in their order; nil where it has no influence.
  /// - Throws: `GraphError` naming a node whose gradient cannot be computed.
  public func backward(_ tape: inout Tape, outputGradients: [Tensor?]) throws -> [Tensor?] {
    try backwardWithInputs(&tape, outputGradients: outputGradients).parameters
  }

  /// The same with the gradients of the graph's inputs, where the engine differentiates them.
  public func backwardWithInputs(
    _ tape: inout Tape, outputGradients: [Tensor?]
  ) throws -> (parameters: [Tensor?], inputs: [Tensor?]) {
    guard outputGradients.count == graph.outputs.count else {
      throw GraphError(
        "the model has \(graph.outputs.count) outputs, but \(outputGradients.count) gradients are given")
    }
    var gradients = [Tensor?](repeating: nil, count: graph.values.count)
    let kept = Set(graph.outputs)
    for (position, id) in graph.outputs.enumerated() {
      guard let gradient = outputGradients[position] else { continue }
      let expected = tape.outputs[position].shape
      guard gradient.shape == expected, gradient.floats != nil else {
        throw GraphError(
          "the gradient of output '\(graph[id].name)' has shape \(gradient.shape), but \(expected) is needed")
      }
      Self.add(gradient, to: &gradients[id.index])
    }
    tape.outputs = []
    for id in kept where !isRead(id) { tape.values[id.index] = nil }
    for index in steps.indices.reversed() where steps[index].isActive {
      do {
        try goBack(over: index, &tape, &gradients)
      } catch let error as GraphError {
        throw GraphError(node: steps[index].node.label, error.message)
      }
    }
    return (parameters.map { gradients[$0.index] }, graph.inputs.map { gradients[$0.index] })
  }

  private func goBack(over index: Int, _ tape: inout Tape, _ gradients: inout [Tensor?]) throws {
    let step = steps[index]
    guard let op = step.op as? any Differentiable,
      step.node.outputs.contains(where: { gradients[$0.index] != nil })
    else {
      release(index, &tape)
      return
    }
    let reads = step.reads
    let inputs = step.node.inputs.enumerated().map { position, id -> Tensor? in
      guard let id else { return nil }
      return tape.weights[id] ?? (reads.inputs.contains(position) ? tape.values[id.index] : nil)
    }
    let outputs = step.node.outputs.enumerated().map { position, id in
      reads.outputs.contains(position) ? tape.values[id.index] : nil
    }
    var pass = BackwardPass(
      inputs: inputs,
      inputShapes: step.node.inputs.map { id in
        id.flatMap { tape.weights[$0]?.shape ?? tape.shapes[$0.index] }
      },
      outputs: outputs, outputShapes: step.node.outputs.map { tape.shapes[$0.index] ?? [] },
      outputGradients: step.node.outputs.map { gradients[$0.index] }, needed: step.needed,
      residual: tape.residuals[index])
    // The pass is the only holder of the gradients and of what is read for the last time.
    for id in step.node.outputs { gradients[id.index] = nil }
    release(index, &tape)
    let results = try op.gradients(&pass)
    for (position, id) in step.node.inputs.enumerated() {
      guard let id, step.needed[position], position < results.count, let gradient = results[position] else {
        continue
      }
      guard gradient.shape == pass.inputShapes[position] else {
        throw GraphError(
          "\(step.op.name)'s gradient of operand \(position) has shape \(gradient.shape) and not \(pass.inputShapes[position] ?? [])"
        )
      }
      Self.add(gradient, to: &gradients[id.index])
    }
  }

  private func release(_ index: Int, _ tape: inout Tape) {
    for id in steps[index].freedAfterGradient { tape.values[id.index] = nil }
    tape.residuals[index] = nil
  }

  private func isRead(_ id: ValueID) -> Bool {
    steps.contains { $0.freedAfterGradient.contains(id) }
  }

  /// total += gradient. A value that several nodes read has the sum of what comes back from each.
  private static func add(_ gradient: Tensor, to total: inout Tensor?) {
    guard var sum = total else {
      total = gradient
      return
    }
    total = nil
    sum.withMutableFloats { target in
      gradient.floats?.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
          guard let to = target.baseAddress, let from = source.baseAddress else { return }
          Parallelism.forEachRange(target.count, grain: elementwiseGrain) { range in
            VectorLoops.add(from + range.lowerBound, to: to + range.lowerBound, count: range.count)
          }
        }
      }
    }
    total = sum
  }
}
