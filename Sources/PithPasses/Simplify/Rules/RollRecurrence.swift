import PithGraph

/// Rolls up a simple recurrent layer that an exporter wrote out step by step: a Concat of all states becomes an RNN.
///
/// PyTorch's exporter through `torch.export` writes `nn.RNN` so, from `x·W + b` of all steps at once, cut into steps, and
/// `h = f(h₋₁·R + c + step)` for each. Rolled up, the weights are stored once, the products over the input are one, and
/// the integer kernels see a layer. It has to come before other rules take the steps apart.
public struct RollRecurrence: RewriteRule {
  public let name = "roll up recurrence"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let concat = node.op as? Concat, concat.axis == 0, node.inputs.count >= 2,
      let states = context.steps(of: node), let layer = UnrolledLayer(states, in: context)
    else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    let last = states[layer.isReversed ? 0 : states.count - 1].state
    let name = node.label
    var operands: [ValueID?] = [layer.input]
    operands.append(patch.addConstant("\(name).W", layer.weights))
    operands.append(patch.addConstant("\(name).R", layer.recurrentWeights))
    operands += [layer.bias.map { patch.addConstant("\(name).B", $0) }, nil, layer.initial]
    let (all, end) = (patch.addValue("\(name).states"), patch.addValue("\(name).state"))
    let op = RNN(
      hiddenSize: layer.hidden, direction: layer.isReversed ? .reverse : .forward,
      activations: [layer.activation])
    patch.addNode(op, inputs: operands, outputs: [all, end], name: name)
    let axes = patch.addConstant("\(name).axes", Tensor(ints: [1]))
    patch.addNode(Squeeze(), inputs: [all, axes], outputs: node.outputs, name: "\(name).squeeze")
    // The steps themselves are dead now, unless somebody reads a state in the middle.
    if !context.graph.outputs.contains(last) { patch.replace(last, with: end) }
    return patch
  }
}

/// One step, h = f(h₋₁·R + c + x).
private struct UnrolledStep {
  var state: ValueID
  var previous: ValueID
  var activation: RecurrentActivation
  var recurrentWeights: ValueID
  var bias: ValueID?
  /// What is added of the input.
  var x: ValueID
}

/// The layer that steps in the order of time make up.
private struct UnrolledLayer {
  var input: ValueID
  var initial: ValueID
  var hidden: Int
  var activation: RecurrentActivation
  var isReversed: Bool
  /// `[1, H, I]`.
  var weights: Tensor
  /// `[1, H, H]`.
  var recurrentWeights: Tensor
  /// `[1, 2·H]`: of the input, then of the state.
  var bias: Tensor?

  init?(_ steps: [UnrolledStep], in context: RewriteContext) {
    let (first, second) = (steps[0], steps[1])
    isReversed = first.previous == second.state
    guard isReversed || second.previous == first.state else { return nil }
    let inOrder = isReversed ? steps.reversed() : steps
    initial = inOrder[0].previous
    activation = first.activation
    for (step, next) in zip(inOrder, inOrder.dropFirst()) where next.previous != step.state { return nil }
    for step in steps
    where step.recurrentWeights != first.recurrentWeights || step.bias != first.bias
      || step.activation != first.activation
    { return nil }

    guard let source = context.sequence(of: steps.map(\.x)),
      let product = context.affineProduct(source), let type = context.graph[product.x].type,
      type.element == .float32, type.shape.rank == 3, type.shape[0] == .fixed(steps.count),
      let r = context.graph[first.recurrentWeights].constant, let w = context.graph[product.weights].constant,
      let recurrent = r.transposedForCells(), let weights = w.transposedForCells()
    else { return nil }
    hidden = r.shape[1]
    guard r.shape[0] == hidden, w.shape[1] == hidden, let start = context.graph[initial].type?.shape,
      start.rank == 3, start[0] == .fixed(1), start[1] == type.shape[1], start[2] == .fixed(hidden)
    else { return nil }
    input = product.x
    self.weights = weights
    recurrentWeights = recurrent
    guard product.bias != nil || first.bias != nil else { return }
    var biases: [Float] = []
    for id in [product.bias, first.bias] {
      guard let id else {
        biases += Array(repeating: 0, count: hidden)
        continue
      }
      guard let constant = context.graph[id].constant, let floats = constant.floats, floats.count == hidden,
        constant.shape.last == hidden
      else { return nil }
      biases += floats
    }
    bias = Tensor(shape: [1, 2 * hidden], floats: biases)
  }
}

extension RewriteContext {
  /// The steps that compute the operands of a Concat; nil where one of them is something else.
  fileprivate func steps(of concat: Node) -> [UnrolledStep]? {
    var steps: [UnrolledStep] = []
    for index in concat.inputs.indices {
      guard let state = concat.inputs[index], let node = producer(concat, index),
        let activation = stepActivation(node),
        let sum = producer(node, 0, as: Add.self), sum.op.activation == nil,
        let step = step(state, activation, sum.node)
      else { return nil }
      steps.append(step)
    }
    return steps
  }

  private func stepActivation(_ node: Node) -> RecurrentActivation? {
    switch node.op {
    case is Tanh: .tanh
    case is Relu: .relu
    default: nil
    }
  }

  /// Reads the sum that a step's state is the function of, its operands in either order.
  private func step(_ state: ValueID, _ activation: RecurrentActivation, _ sum: Node) -> UnrolledStep? {
    for (recurrent, other) in [(0, 1), (1, 0)] {
      guard let h = sum.inputs[recurrent], let x = sum.inputs[other], let product = affineProduct(h),
        graph[product.x].type?.shape.rank == 3, graph[x].type?.shape.rank == 2
      else { continue }
      return UnrolledStep(
        state: state, previous: product.x, activation: activation, recurrentWeights: product.weights,
        bias: product.bias, x: x)
    }
    return nil
  }

  /// Reads a value as x·W + b, with W and b constant and b perhaps absent.
  fileprivate func affineProduct(_ id: ValueID) -> (x: ValueID, weights: ValueID, bias: ValueID?)? {
    guard let node = producers[id] else { return nil }
    if node.op is MatMul {
      guard let x = node.inputs[0], let weights = node.inputs[1], graph[x].constant == nil,
        graph[weights].constant?.rank == 2
      else { return nil }
      return (x, weights, nil)
    }
    guard let add = node.op as? Add, add.activation == nil, node.inputs.count == 2 else { return nil }
    for (product, bias) in [(0, 1), (1, 0)] {
      guard let y = node.inputs[product], let b = node.inputs[bias], graph[b].constant != nil,
        producers[y]?.op is MatMul, let found = affineProduct(y)
      else { continue }
      return (found.x, found.weights, b)
    }
    return nil
  }

  /// The value whose slices along axis 0, one after the other and all of them, these are.
  fileprivate func sequence(of slices: [ValueID]) -> ValueID? {
    var source: ValueID?
    for (index, slice) in slices.enumerated() {
      guard let found = sliced(slice, at: index, of: slices.count), source == nil || source == found else {
        return nil
      }
      source = found
    }
    return source
  }

  /// What a value is the slice of that number of, along axis 0, which goes.
  private func sliced(_ id: ValueID, at index: Int, of count: Int) -> ValueID? {
    guard let node = producers[id] else { return nil }
    if let gather = node.op as? Gather {
      guard gather.axis == 0, shape(node, 1)?.rank == 0, shape(node, 0)?.dimensions.first == .fixed(count),
        let picked = integers(node, 1)?.first, picked == index || picked == index - count
      else { return nil }
      return node.inputs[0]
    }
    guard node.op is Squeeze, shape(node, 0)?.rank == 3, integers(node, 1) == [0], let kept = node.inputs[0],
      let cut = producers[kept], shape(cut, 0)?.dimensions.first == .fixed(count)
    else { return nil }
    if let split = cut.op as? Split {
      return split.axis == 0 && cut.outputs.count == count && cut.outputs[index] == kept ? cut.inputs[0] : nil
    }
    guard cut.op is Slice, cut.outputs.count == 1, let starts = integers(cut, 1), starts.count == 1,
      let ends = integers(cut, 2), (integers(cut, 3) ?? [0]) == [0], (integers(cut, 4) ?? [1]) == [1],
      let range = try? Slice.range(start: starts[0], end: ends.first ?? 0, step: 1, size: count),
      range.start == index, range.count == 1
    else { return nil }
    return cut.inputs[0]
  }
}

extension Tensor {
  /// A matrix `[K, N]` as `[1, N, K]`, which is how recurrent layers hold weights.
  fileprivate func transposedForCells() -> Tensor? {
    guard rank == 2, let floats else { return nil }
    let (rows, columns) = (shape[0], shape[1])
    var result = floats
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = floats[row * columns + column] }
    }
    return Tensor(shape: [1, columns, rows], floats: result)
  }
}
