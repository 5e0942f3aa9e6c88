import PithGraph

/// The layers of a recurrent call: their weights in the graph's form, and how they are chained.
struct RecurrentStack {
  /// Of one layer; the directions side by side.
  private struct Layer {
    var input: Tensor
    var recurrent: Tensor
    var bias: Tensor?
  }

  private let x: ValueID
  private let isBatchFirst: Bool
  private let direction: RecurrentDirection
  private let width: Int
  private let layers: [Layer]

  /// - Parameter gates: which of PyTorch's gates each of the graph's is.
  init(_ call: AtenCall, gates: [Int]) throws {
    x = try call.tensor("input")
    let parameters = try call.tensors("params").map { id -> Tensor in
      guard let tensor = call.builder.graph[id].constant, tensor.floats != nil else {
        throw GraphError("its weights are computed; Pith needs them to be parameters")
      }
      return tensor
    }
    let hasBias = try call.bool("has_biases", default: true)
    let count = try call.int("num_layers") ?? 1
    let dropout = try call.float("dropout") ?? 0
    guard try !call.bool("train") || dropout == 0 else {
      throw GraphError("it drops elements at random; export the model in evaluation mode: model.eval()")
    }
    direction = try call.bool("bidirectional") ? .bidirectional : .forward
    isBatchFirst = try call.bool("batch_first")
    let cells = direction.count
    guard count > 0, count <= 1024 else { throw GraphError("it has \(count) layers") }
    let each = hasBias ? 4 : 2
    guard parameters.count == count * cells * each else {
      let projected = count * cells * (each + 1)
      throw GraphError(
        parameters.count == projected
          ? "its states are projected (proj_size), which is not supported; use a linear layer"
          : "it has \(parameters.count) parameters, but \(count * cells * each) are needed")
    }
    guard try call.rank(x) == 3 else { throw GraphError("its input must have 3 axes") }
    guard parameters[1].rank == 2, parameters[1].shape[1] > 0 else {
      throw GraphError("its weights are damaged")
    }
    let width = parameters[1].shape[1]
    self.width = width
    var layers: [Layer] = []
    for layer in 0..<count {
      let own = (0..<cells).map { cell in Array(parameters[((layer * cells + cell) * each)...].prefix(each)) }
      let bias = try own.map { parts in
        try hasBias
          ? Self.ordered(parts[2], gates, width) + Self.ordered(parts[3], gates, width) : []
      }
      layers.append(
        Layer(
          input: try Self.joined(own.map { $0[0] }, gates, width),
          recurrent: try Self.joined(own.map { $0[1] }, gates, width),
          bias: hasBias
            ? Tensor(shape: [cells, 2 * gates.count * width], floats: bias.flatMap(\.self)) : nil))
    }
    self.layers = layers
  }

  /// The rows of a weight or bias with its gates in the graph's order.
  private static func ordered(_ tensor: Tensor, _ gates: [Int], _ width: Int) throws -> [Float] {
    guard let elements = tensor.floats, tensor.rank >= 1, tensor.shape[0] == gates.count * width else {
      throw GraphError("its parameters of shape \(tensor.shape) do not fit \(gates.count) gates of \(width)")
    }
    let block = elements.count / gates.count
    return gates.flatMap { elements[($0 * block)..<(($0 + 1) * block)] }
  }

  /// The matrices of all directions as one tensor `[D, G·H, columns]`.
  private static func joined(_ tensors: [Tensor], _ gates: [Int], _ width: Int) throws -> Tensor {
    guard let shape = tensors.first?.shape, shape.count == 2, tensors.allSatisfy({ $0.shape == shape }) else {
      throw GraphError("its weights differ in shape between directions")
    }
    return Tensor(
      shape: [tensors.count] + shape, floats: try tensors.flatMap { try ordered($0, gates, width) })
  }

  /// Chains the layers.
  /// - Parameters:
  ///   - states: the initial states; as many last states come out.
  ///   - op: the operator of a layer, given its width and direction.
  /// - Returns: the sequence of the last layer, and the last states; nil for what nothing reads.
  func run(
    _ call: AtenCall, states: [RecurrentState], _ op: (Int, RecurrentDirection) -> any Operator
  ) throws -> [ValueID?] {
    var sequence = isBatchFirst ? try call.add(Transpose(permutation: [1, 0, 2]), [x], "time_first") : x
    let cells = direction.count
    let needsStates = states.indices.contains { call.isUsed($0 + 1) }
    var last: [[ValueID]] = states.map { _ in [] }
    for (index, layer) in layers.enumerated() {
      let name = layers.count == 1 ? "layer" : "layer\(index)"
      let initial = try states.enumerated().map { number, state -> ValueID? in
        guard let id = state.id else { return nil }
        if layers.count == 1 { return id }
        return try call.add(
          Slice(),
          [
            id, call.constant([index * cells], "\(name).start\(number)"),
            call.constant([(index + 1) * cells], "\(name).end\(number)"),
            call.constant([0], "\(name).axis\(number)"),
          ], "\(name).initial\(number)")
      }
      let operands: [ValueID?] =
        [
          sequence, call.constant(layer.input, "\(name).W"), call.constant(layer.recurrent, "\(name).R"),
          layer.bias.map { call.constant($0, "\(name).B") }, nil,
        ] + initial
      let outputs = try call.add(
        op(width, direction), operands, name, count: needsStates ? 1 + states.count : 1)
      for number in states.indices where needsStates { last[number].append(outputs[number + 1]) }
      let isLast = index == layers.count - 1
      sequence = try merged(outputs[0], batchFirst: isLast && isBatchFirst, call, "\(name).sequence")
    }
    let finals = try last.enumerated().map { number, parts -> ValueID? in
      guard needsStates, call.isUsed(number + 1) else { return nil }
      return parts.count == 1 ? parts[0] : try call.add(Concat(axis: 0), parts, "last\(number)")
    }
    return [sequence] + finals
  }

  /// `[T, D, N, H]` as `[T, N, D·H]`, or with the batch first.
  private func merged(_ y: ValueID, batchFirst: Bool, _ call: AtenCall, _ suffix: String) throws -> ValueID {
    if direction.count == 1 {
      let flat = try call.add(Squeeze(), [y, call.constant([1], "\(suffix).axis")], suffix)
      return batchFirst
        ? try call.add(Transpose(permutation: [1, 0, 2]), [flat], "\(suffix).batch_first") : flat
    }
    let order = batchFirst ? [2, 0, 1, 3] : [0, 2, 1, 3]
    let moved = try call.add(Transpose(permutation: order), [y], "\(suffix).moved")
    let sizes = try call.dimensions(moved)
    return try call.reshaped(moved, to: [sizes[0], sizes[1], .fixed(direction.count * width)], suffix)
  }
}
