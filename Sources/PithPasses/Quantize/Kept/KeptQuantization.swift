import PithGraph

/// Takes the roundings out of a graph and notes what they say, node by node.
struct KeptQuantization {
  private var model: QuantizedModel
  private var nodes: [Node] = []
  private let graph: Graph
  /// Every size known, for a batch of one; the same identifiers.
  private var shapes: Graph
  private let consumers: [ValueID: [Node]]
  /// What a value is without the rounding that computes it.
  private var plain: [ValueID: ValueID] = [:]
  /// The values that are bytes without a rounding of their own: those that were only moved, or changed their scale.
  private var bytes: Set<ValueID> = []
  /// How rounded weights are stored.
  private var storedWeights: [ValueID: FakeQuantize] = [:]

  init(_ graph: Graph) throws {
    self.graph = graph
    shapes = try graph.specialized(batch: 1)
    consumers = graph.consumers()
    model = QuantizedModel(
      graph: graph, placements: [:], activations: [:], weights: [:], biases: [:],
      settings: QuantizationSettings(correctsBias: false, equalizes: false), sampleCount: 0,
      clippedShares: [:], equalizedPairs: 0, isKept: true)
  }

  mutating func read(_ node: Node) throws {
    guard let rounding = node.op as? FakeQuantize else { return try place(node) }
    let x = try model.graph.operand(node, 0)
    let y = node.outputs[0]
    guard rounding.axis == nil, let parameters = try parameters(rounding, node) else {
      guard model.graph[x].constant != nil else {
        throw GraphError("only weights may have a scale for each channel")
      }
      plain[y] = x
      storedWeights[y] = rounding
      return
    }
    let value = plain[x] ?? x
    if model.graph[value].constant != nil {
      storedWeights[y] = rounding
      plain[y] = keepConstant(value, parameters)
    } else if let known = model.activations[value], known != parameters {
      requantize(node, value, parameters)
    } else {
      model.activations[value] = parameters
      plain[y] = value
      rename(value, as: y)
    }
  }

  /// The parameters of unsigned bytes; nil where the levels are those of narrow weights.
  private func parameters(_ op: FakeQuantize, _ node: Node) throws -> QuantizationParameters? {
    guard let steps = graph.constant(node, 1)?.floats, let scale = op.scales(steps: steps).first,
      scale.isFinite, scale >= .leastNormalMagnitude
    else { throw GraphError("its scale is not a positive constant") }
    if op.levels == -127...127 { return nil }
    guard op.levels == 0...255 || op.levels == -128...127 else {
      throw GraphError("its levels \(op.levels) are not those of 8 bits")
    }
    return QuantizationParameters(scale: scale, zeroPoint: op.zeroPoint - op.levels.lowerBound)
  }

  /// A constant between activations, which may be stored in one way for each reader.
  private mutating func keepConstant(_ id: ValueID, _ parameters: QuantizationParameters) -> ValueID {
    var id = id
    if let known = model.activations[id], known != parameters, let tensor = model.graph[id].constant {
      id = add(tensor, model.graph[id].name)
    }
    model.activations[id] = parameters
    return id
  }

  private mutating func add(_ tensor: Tensor, _ name: String) -> ValueID {
    _ = shapes.addConstant(name, tensor)
    return model.graph.addConstant(name, tensor)
  }

  /// Bytes at one scale from bytes at another: a table.
  private mutating func requantize(_ node: Node, _ x: ValueID, _ parameters: QuantizationParameters) {
    var table = node
    (table.op, table.inputs) = (Identity(), [x])
    nodes.append(table)
    model.placements[table.id] = .integer
    model.activations[node.outputs[0]] = parameters
    bytes.insert(node.outputs[0])
  }

  /// What the rounding was called is what readers know.
  private mutating func rename(_ id: ValueID, as rounded: ValueID) {
    guard !graph.inputs.contains(id), !graph.outputs.contains(id) else { return }
    let name = graph[rounded].name
    model.graph.update(id) { $0.name = name }
  }

  // MARK: Other nodes

  private mutating func place(_ original: Node) throws {
    var node = original
    node.inputs = original.inputs.map { id in id.map { plain[$0] ?? $0 } }
    nodes.append(node)
    if let reason = try reasonForFloat(node, original) {
      model.placements[node.id] = .float32(reason: reason)
      model.weights[node.id] = nil
      model.biases[node.id] = nil
    } else {
      model.placements[node.id] = .integer
    }
    // Bytes that were only moved are bytes still, wherever that was done.
    guard let op = node.op as? any Quantizable, case .sameAsOperand(let index) = op.outputRange,
      readsBytes(original, index), let input = node.inputs[index], let parameters = model.activations[input]
    else { return }
    for output in node.outputs {
      model.activations[output] = parameters
      bytes.insert(output)
    }
  }

  /// Whether an operand is read as bytes: a value may be read with its rounding and without.
  private func readsBytes(_ original: Node, _ index: Int) -> Bool {
    guard index < original.inputs.count, let id = original.inputs[index] else { return false }
    return plain[id] != nil || bytes.contains(id)
  }

  /// Why a node cannot run in integers; where it can, its weights and the parameters of its output are noted.
  private mutating func reasonForFloat(_ node: Node, _ original: Node) throws -> String? {
    guard let op = node.op as? any Quantizable else { return "\(node.op.name) has no integer kernel" }
    if let obstacle = Quantizer.obstacle(op, node, in: shapes) { return obstacle }
    if op is any Recurrent {
      return
        "the quantization of recurrent layers cannot be kept, so give the model in floating point, with --calibrate"
    }
    let hasWeights = op is any WeightQuantizable && model.graph.constant(node, 1) != nil
    for (index, id) in node.inputs.prefix(op.byteOperandCount).enumerated() {
      guard let id, !(index == 1 && hasWeights) else { continue }
      guard readsBytes(original, index), model.activations[id] != nil else {
        return "the file has it in floating point"
      }
    }
    for index in op.symmetricOperands(node, in: model.graph) {
      guard let id = try? model.graph.operand(node, index), model.activations[id]?.zeroPoint != 128 else {
        continue
      }
      return "the integer kernel takes operand \(index) around 0 only"
    }
    if hasWeights, let op = op as? any WeightQuantizable, let reason = try keepWeights(op, node, original) {
      return reason
    }
    if case .sameAsOperand = op.outputRange { return nil }
    var found: [ValueID: QuantizationParameters] = [:]
    for output in node.outputs {
      let readers = consumers[output] ?? []
      let roundings = try readers.compactMap { reader in
        try (reader.op as? FakeQuantize).flatMap { try parameters($0, reader) }
      }
      guard let first = roundings.first else {
        if readers.isEmpty, !graph.outputs.contains(output) { continue }
        return "the file does not store its result as bytes"
      }
      guard roundings.count == readers.count, roundings.allSatisfy({ $0 == first }),
        !graph.outputs.contains(output)
      else { return "the file has its result in floating point as well" }
      found[output] = first
    }
    model.activations.merge(found) { _, new in new }
    return nil
  }

  private func weightRounding(_ original: Node) -> FakeQuantize? {
    original.inputs.count > 1 ? original.inputs[1].flatMap { storedWeights[$0] } : nil
  }

  /// Notes the integers of a layer.
  /// - Returns: why the layer cannot have them; nil where it can.
  private mutating func keepWeights(
    _ op: any WeightQuantizable, _ node: Node, _ original: Node
  ) throws -> String? {
    guard let rounding = weightRounding(original), let weights = model.graph.constant(node, 1),
      let x = model.activations[try graph.operand(node, 0)]
    else { return "the file has its weights in floating point" }
    let axis = op.outputChannelAxis(weights: weights.shape)
    if let own = rounding.axis, try Operands.axis(own, rank: weights.rank) != axis {
      return "its weights' scales do not belong to its outputs"
    }
    let channels = weights.shape[axis]
    let biases = try Quantizer.biases(of: node, in: model.graph, channels: channels)
    let quantized =
      try KeptQuantization.integers(weights, rounding, axis: axis)
      ?? Quantizer.fitting(weights, axis: axis, biases: biases, inputScale: x.scale)
    var integers: [Int32] = []
    for channel in 0..<channels {
      let bias = (biases[channel] / (Double(x.scale) * Double(quantized.scales[channel])))
        .rounded(.toNearestOrEven)
      guard abs(bias) + 255 * Double(quantized.magnitude(of: channel)) <= Double(Int32.max) else {
        return "its sums do not fit 32 bits"
      }
      integers.append(Int32(bias))
    }
    model.weights[node.id] = quantized
    model.biases[node.id] = integers
    return nil
  }

  /// The file's integers less their zero point; nil where one does not fit 8 bits.
  private static func integers(
    _ weights: Tensor, _ rounding: FakeQuantize, axis: Int
  ) throws -> QuantizedWeights? {
    guard let floats = weights.floats else { return nil }
    let channels = weights.shape[axis]
    let scales = rounding.axis == nil ? Array(repeating: rounding.units[0], count: channels) : rounding.units
    let inner = weights.shape[(axis + 1)...].reduce(1, *)
    var values: [Int8] = []
    values.reserveCapacity(floats.count)
    for index in floats.indices {
      let scale = Double(scales[index / inner % channels])
      guard let value = Int8(exactly: (Double(floats[index]) / scale).rounded(.toNearestOrEven)) else {
        return nil
      }
      values.append(value)
    }
    return QuantizedWeights(values: values, shape: weights.shape, axis: axis, scales: scales)
  }

  // MARK: The end

  consuming func finished() throws -> QuantizedModel {
    model.graph.replaceNodes(nodes)
    for output in graph.outputs {
      guard let value = plain[output], !graph.inputs.contains(value) else { continue }
      let name = graph[output].name
      model.graph.update(value) { $0.name = name }
    }
    model.graph.replaceOutputs(graph.outputs.map { plain[$0] ?? $0 })
    try model.graph.inferTypes()
    try model.graph.verify()
    return model
  }
}
