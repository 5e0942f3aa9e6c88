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
    try run(&tape, outputGradients, observe: nil).parameters
  }

  /// The same; `observe` is called with the tape after each node, for what looks at the plan of memory.
  func backward(
    _ tape: inout Tape, outputGradients: [Tensor?], observe: (Tape) -> Void
  ) throws -> [Tensor?] {
    try withoutActuallyEscaping(observe) {
      try run(&tape, outputGradients, observe: $0).parameters
    }
  }

  /// The same with the gradients of the graph's inputs, where the engine differentiates them.
  public func backwardWithInputs(
    _ tape: inout Tape, outputGradients: [Tensor?]
  ) throws -> (parameters: [Tensor?], inputs: [Tensor?]) {
    try run(&tape, outputGradients, observe: nil)
  }

  private func run(
    _ tape: inout Tape, _ outputGradients: [Tensor?], observe: ((Tape) -> Void)?
  ) throws -> (parameters: [Tensor?], inputs: [Tensor?]) {
    guard tape.outputs.count == graph.outputs.count, tape.values.count == graph.values.count else {
      throw GraphError("the tape is of another graph, or was used up by an earlier backward pass")
    }
    // Also where something is thrown: half a tape is of no use.
    defer { tape.clear() }
    guard outputGradients.count == graph.outputs.count else {
      throw GraphError(
        "the model has \(graph.outputs.count) outputs, but \(outputGradients.count) gradients are given")
    }
    var gradients = [Tensor?](repeating: nil, count: graph.values.count)
    let kept = Set(graph.outputs)
    for (position, id) in graph.outputs.enumerated() {
      guard let gradient = outputGradients[position] else { continue }
      let expected = tape.outputs[position].shape
      guard gradient.shape == expected, gradient.element == .float32 else {
        throw GraphError(
          "the gradient of output '\(graph[id].name)' is \(gradient.element.rawValue)\(Shape(gradient.shape)), "
            + "but \(ValueType(.float32, Shape(expected))) is needed")
      }
      Self.add(gradient, to: &gradients[id.index])
    }
    tape.outputs = []
    for id in kept.subtracting(steps.flatMap(\.freedAfterGradient)) { tape.values[id.index] = nil }
    for index in steps.indices.reversed() where steps[index].isActive {
      do {
        try goBack(over: index, &tape, &gradients)
      } catch let error as GraphError {
        throw GraphError(node: steps[index].node.label, error.message)
      }
      observe?(tape)
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
    var pass = pass(over: step, tape, gradients, residual: tape.residuals[index])
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

  private func pass(
    over step: Step, _ tape: Tape, _ gradients: [Tensor?], residual: (any Sendable)?
  ) -> BackwardPass {
    BackwardPass(
      inputs: step.node.inputs.enumerated().map { position, id in
        guard let id else { return nil }
        return tape.weights[id] ?? (step.reads.inputs.contains(position) ? tape.values[id.index] : nil)
      },
      inputShapes: step.node.inputs.map { id in
        id.flatMap { tape.weights[$0]?.shape ?? tape.shapes[$0.index] }
      },
      outputs: step.node.outputs.enumerated().map { position, id in
        step.reads.outputs.contains(position) ? tape.values[id.index] : nil
      },
      outputShapes: step.node.outputs.map { tape.shapes[$0.index] ?? [] },
      outputGradients: step.node.outputs.map { gradients[$0.index] }, needed: step.needed, residual: residual)
  }

  private func release(_ index: Int, _ tape: inout Tape) {
    for id in steps[index].freedAfterGradient { tape.values[id.index] = nil }
    tape.residuals[index] = nil
  }

  /// total += gradient. A value that several nodes read has the sum of what comes back from each.
  private static func add(_ gradient: Tensor, to total: inout Tensor?) {
    guard var sum = total else {
      total = gradient
      return
    }
    total = nil  // so that the copy is the only one
    sum.add(gradient)
    total = sum
  }
}
