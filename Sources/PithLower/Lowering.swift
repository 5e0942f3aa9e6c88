import CPith
import PithGraph
import PithPasses

/// Turns a quantized model into a program.
public struct Lowering {
  /// A value as bytes: the map and how the value's elements lie in it.
  struct ByteValue {
    var tensor: TensorIndex
    var layout: Layout
  }

  let model: QuantizedModel
  /// The graph for the batch that the program is made for: every size known.
  let graph: Graph
  /// The nodes that read each value of it.
  let consumers: [ValueID: [Node]]
  /// The sums that layers compute.
  let sums: [NodeID: UnroundedSum]
  /// Nil stores every layer densely.
  let preference: ProgramPreference?
  var builder = ProgramBuilder()
  private var byteValues: [ValueID: [ByteValue]] = [:]
  /// Values that lie in parts of maps; in `byteValues` too once somebody needed them otherwise.
  var stridedValues: [ValueID: StridedBytes] = [:]
  private var floatValues: [ValueID: TensorIndex] = [:]
  /// Transposes of floats that nobody has read yet.
  var reordered: [ValueID: Reordering] = [:]
  /// Nodes whose outputs an instruction of another one computes.
  var computed: Set<NodeID> = []
  private var parameterBytes: [NodeID: Int] = [:]
  private var nodeMultiplyAdds: [NodeID: Int] = [:]
  private var weightBlocks: [NodeID: Program.WeightBlocks] = [:]

  /// Lowers a model for a batch of one, whatever the graph's symbolic axes.
  /// - Parameters:
  ///   - preference: how layers with zero blocks of weights are stored.
  ///   - keepsIntermediates: gives every tensor memory of its own, so that it can be read after a run.
  ///   - keepsNames: stores the values' names.
  ///   - target: the kernels that tiles and loops are chosen for; nil leaves that to the runtime.
  /// - Throws: `GraphError` naming a node that the runtime cannot execute.
  public static func lower(
    _ model: QuantizedModel, preference: ProgramPreference = .speed, keepsIntermediates: Bool = false,
    keepsNames: Bool = true, target: ProgramTarget? = nil
  ) throws -> Program {
    try lowered(
      model, preference: preference, keepsIntermediates: keepsIntermediates, keepsNames: keepsNames,
      target: target)
  }

  /// The same, also with all layers stored densely where there is no preference.
  static func lowered(
    _ model: QuantizedModel, preference: ProgramPreference?, keepsIntermediates: Bool = false,
    keepsNames: Bool = true, target: ProgramTarget? = nil
  ) throws -> Program {
    var lowering = Lowering(
      model: model, graph: try model.graph.specialized(batch: 1), sums: try model.unroundedSums(),
      preference: preference)
    lowering.builder.keepsNames = keepsNames
    try lowering.lowerGraph()
    var arena = lowering.builder.planArena(keepsIntermediates: keepsIntermediates)
    var bytes = try lowering.builder.serialized(model: model.graph.name, arenaBytes: arena)
    if let target {
      bytes = try ProgramFile.adding(lowering.builder.plans(for: target), to: bytes)
      arena = ProgramFile.arenaBytes(of: bytes)
    }
    return Program(
      bytes: bytes, arenaBytes: arena, weightBytes: lowering.builder.weights.bytes.count,
      constantBytes: lowering.builder.constants.bytes.count, multiplyAdds: lowering.builder.multiplyAdds,
      origins: lowering.builder.origins, parameterBytes: lowering.parameterBytes,
      nodeMultiplyAdds: lowering.nodeMultiplyAdds, weightBlocks: lowering.weightBlocks,
      traces: lowering.traces())
  }

  private init(
    model: QuantizedModel, graph: Graph, sums: [NodeID: UnroundedSum], preference: ProgramPreference?
  ) {
    self.model = model
    self.graph = graph
    consumers = graph.consumers()
    self.sums = sums
    self.preference = preference
  }

  private mutating func lowerGraph() throws {
    let states = try model.graph.states(model.settings.states)
    for input in graph.inputs {
      // Indices come as floats, which hold integers up to 2^24 exactly.
      guard let element = graph[input].type?.element, [.float32, .int64, .int32].contains(element) else {
        throw GraphError(
          "input '\(graph[input].name)' is \(graph[input].type?.element.rawValue ?? "unknown"); the runtime takes float32, and integers as float32"
        )
      }
      let sizes = try graph.sizes(input)
      floatValues[input] =
        states[input] == nil
        ? builder.addInput(sizes, name: graph[input].name) : builder.addState(sizes, name: graph[input].name)
    }
    for node in graph.nodes where !computed.contains(node.id) {
      builder.currentNode = node.id
      guard let op = node.op as? any Lowerable else {
        throw GraphError(
          node: node.label,
          "the runtime has no \(node.op.name) that is computed while it runs; only what folds to constants works"
        )
      }
      do {
        if model.placements[node.id] == .integer {
          try op.lowerToInteger(node, &self)
        } else {
          try op.lowerToFloat(node, &self)
        }
      } catch let error as GraphError {
        throw GraphError(node: error.node ?? node.label, error.message)
      }
    }
    builder.currentNode = nil
    let kept = Set(states.values)
    for output in graph.outputs where !kept.contains(output) { try emitOutput(output) }
    try emitStates(states)
  }

  /// Puts what the next run starts from into the states.
  private mutating func emitStates(_ states: [ValueID: ValueID]) throws {
    // All are read before any is written: one may be computed of another, or be it.
    let sources = try states.sorted { $0.key < $1.key }.map { input, output -> (TensorIndex, TensorIndex) in
      var source = try floats(output)
      let sizes = try sizes(output)
      if builder.isState(source) {
        source = try emitFloatCopy(source, dims: [sizes.reduce(1, *)], strides: [1])
      }
      return (source, try floats(input))
    }
    for (source, state) in sources {
      builder.emitFloatCopy(of: source, to: state)
    }
  }

  private mutating func emitOutput(_ output: ValueID) throws {
    let sizes = try graph.sizes(output)
    let target = builder.addOutput(sizes, name: graph[output].name)
    // Floats that exist leave as they are, even where an integer node reads the value as bytes too.
    if existingFloats(output) == nil, hasBytes(output) {
      try emitDequantize(output, to: target)
    } else {
      let source = try floats(output)
      builder.emitFloatCopy(of: source, to: target)
    }
  }

  /// Whether a node or an output of the graph reads the value.
  func isRead(_ id: ValueID) -> Bool {
    graph.outputs.contains(id) || graph.nodes.contains { $0.inputs.contains(id) }
  }

  /// The integer node that alone reads a value which is no output of the graph.
  func onlyReader(of id: ValueID) -> Node? {
    guard !graph.outputs.contains(id), let readers = consumers[id], readers.count == 1,
      model.placements[readers[0].id] == .integer
    else { return nil }
    return readers[0]
  }

  // MARK: Values as bytes

  func sizes(_ id: ValueID) throws -> [Int] { try graph.sizes(id) }

  func parameters(_ id: ValueID) throws -> QuantizationParameters {
    guard let parameters = model.activations[id] else {
      throw GraphError("value '\(graph[id].name)' has no calibrated range")
    }
    return parameters
  }

  /// Whether the value exists as bytes already.
  func hasBytes(_ id: ValueID) -> Bool { hasMap(id) || stridedValues[id] != nil }

  /// Whether the value has a map of bytes of its own already.
  func hasMap(_ id: ValueID) -> Bool { byteValues[id] != nil }

  /// The value as bytes, in that layout where one is given; converts and reorders as needed.
  mutating func bytes(_ id: ValueID, layout wanted: Layout? = nil) throws -> ByteValue {
    if let known = byteValues[id] {
      guard let wanted else { return known[0] }
      if let match = known.first(where: { $0.layout.isEquivalent(to: wanted) }) { return match }
      let converted = convert(known[0], to: wanted, parameters: try parameters(id), name: graph[id].name)
      byteValues[id]?.append(converted)
      return converted
    }
    let layout = try wanted ?? order(of: id).layout(of: sizes(id))
    let parameters = try parameters(id)
    let value: ByteValue
    if let constant = graph[id].constant {
      value = ByteValue(
        tensor: try addConstant(constant, layout, parameters, name: graph[id].name), layout: layout)
    } else if let strided = stridedValues[id] {
      value = try gather(id, strided, into: layout)
    } else {
      let source = try floats(id, in: layout)
      let tensor = builder.addBytes(layout, parameters, name: graph[id].name)
      builder.emit(PITH_OP_QUANTIZE, inputs: [source.tensor], output: tensor) {
        $0.move = pith_move(
          dims: layout.dims, inputStrides: source.strides, outputStrides: layout.byteStrides)
      }
      value = ByteValue(tensor: tensor, layout: layout)
    }
    byteValues[id, default: []].append(value)
    return value
  }

  private mutating func addConstant(
    _ constant: Tensor, _ layout: Layout, _ parameters: QuantizationParameters, name: String
  ) throws -> TensorIndex {
    guard let floats = constant.floats else {
      throw GraphError("constant '\(name)' is \(constant.element.rawValue), but must be float32")
    }
    var bytes = [UInt8](repeating: UInt8(parameters.zeroPoint), count: layout.byteCount)
    layout.forEachElement { byte, element in bytes[byte] = parameters.quantized(floats[element]) }
    return builder.addConstantBytes(layout, bytes, parameters, name: name)
  }

  mutating func convert(
    _ value: ByteValue, to wanted: Layout, parameters: QuantizationParameters, name: String
  ) -> ByteValue {
    let target = builder.addBytes(wanted, parameters, name: name)
    let from = value.layout
    if let atoms = from.atoms(with: wanted), atoms.count <= Int(PITH_MAX_RANK) {
      builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: target) {
        $0.move = pith_move(
          dims: atoms.map(\.count), inputStrides: atoms.map(\.from), outputStrides: atoms.map(\.to))
      }
    } else {
      // Through the value's own order.
      let dense = builder.addBytes(.dense(from.elementCount), parameters, name: name)
      builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: dense) {
        $0.move = pith_move(dims: from.dims, inputStrides: from.byteStrides, outputStrides: from.strides)
      }
      builder.emit(PITH_OP_COPY, inputs: [dense], output: target) {
        $0.move = pith_move(
          dims: wanted.dims, inputStrides: wanted.strides, outputStrides: wanted.byteStrides)
      }
    }
    return ByteValue(tensor: target, layout: wanted)
  }

  /// Records that a value lies in a tensor.
  mutating func define(_ id: ValueID, bytes tensor: TensorIndex, _ layout: Layout) {
    byteValues[id] = [ByteValue(tensor: tensor, layout: layout)]
  }

  /// A new map for a node's output.
  mutating func defineBytes(_ id: ValueID, layout: Layout) throws -> ByteValue {
    let tensor = builder.addBytes(layout, try parameters(id), name: graph[id].name)
    define(id, bytes: tensor, layout)
    return ByteValue(tensor: tensor, layout: layout)
  }

  // MARK: Values as floats

  /// The value as floats in its own order.
  mutating func floats(_ id: ValueID) throws -> TensorIndex {
    if let known = floatValues[id] { return known }
    let sizes = try sizes(id)
    if let reordering = reordered[id] {
      let tensor = try emitCopy(reordering, name: graph[id].name)
      floatValues[id] = tensor
      return tensor
    }
    if let constant = graph[id].constant {
      guard let floats = constant.floats ?? constant.integers?.map(Float.init) else {
        throw GraphError("constant '\(graph[id].name)' is \(constant.element.rawValue), but must be float32")
      }
      let tensor = builder.addConstantFloats(sizes, floats, name: graph[id].name)
      floatValues[id] = tensor
      return tensor
    }
    guard hasBytes(id) else {
      throw GraphError("value '\(graph[id].name)' is used before it is computed")
    }
    let tensor = builder.addFloats(sizes, name: graph[id].name)
    try emitDequantize(id, to: tensor)
    floatValues[id] = tensor
    return tensor
  }

  /// A new float tensor for a node's output.
  mutating func defineFloats(_ id: ValueID) throws -> TensorIndex {
    let tensor = builder.addFloats(try sizes(id), name: graph[id].name)
    floatValues[id] = tensor
    return tensor
  }

  mutating func define(_ id: ValueID, floats tensor: TensorIndex) { floatValues[id] = tensor }

  private mutating func emitDequantize(_ id: ValueID, to target: TensorIndex) throws {
    let value = try bytes(id)
    builder.emit(PITH_OP_DEQUANTIZE, inputs: [value.tensor], output: target) {
      $0.move = pith_move(
        dims: value.layout.dims, inputStrides: value.layout.byteStrides, outputStrides: value.layout.strides)
    }
  }

  /// Floats of a graph input or a float node, where they exist without a conversion.
  func existingFloats(_ id: ValueID) -> TensorIndex? { floatValues[id] }

  // MARK: Accounts

  mutating func account(_ node: Node, bytes: Int = 0, multiplyAdds: Int = 0) {
    parameterBytes[node.id, default: 0] += bytes
    nodeMultiplyAdds[node.id, default: 0] += multiplyAdds
    builder.multiplyAdds += multiplyAdds
  }

  /// The same of a convolution whose weights are stored so, `multiplyAdds` of them where none were left out.
  mutating func account(
    _ node: Node, _ stored: StoredWeights, requantizationBytes: Int, multiplyAdds: Int
  ) {
    let executed =
      stored.kept == stored.total
      ? multiplyAdds
      : Int((Double(multiplyAdds) * Double(stored.kept) / Double(stored.total)).rounded())
    account(node, bytes: stored.bytes + requantizationBytes, multiplyAdds: executed)
    guard stored.total > 0 else { return }
    weightBlocks[node.id, default: .init(kept: 0, total: 0)].kept += stored.kept
    weightBlocks[node.id]?.total += stored.total
  }

  private func traces() -> [ValueID: Program.Trace] {
    let maps = byteValues.compactMapValues { values -> Program.Trace? in
      guard let value = values.first else { return nil }
      return Program.Trace(
        tensor: value.tensor.index, byteOffset: 0, dims: value.layout.dims,
        byteStrides: value.layout.byteStrides,
        elementStrides: value.layout.strides, parameters: builder.tensors[value.tensor.index].parameters)
    }
    let parts = stridedValues.mapValues { value in
      let axes = value.longAxes
      let logical = Tensor.strides(of: value.sizes)
      let missing = [Int](repeating: 0, count: Swift.max(0, 4 - axes.count))
      return Program.Trace(
        tensor: value.tensor.index, byteOffset: value.offset,
        dims: missing.map { _ in 1 } + axes.map { value.sizes[$0] },
        byteStrides: missing + axes.map { value.strides[$0] },
        elementStrides: missing + axes.map { logical[$0] },
        parameters: builder.tensors[value.tensor.index].parameters)
    }
    return maps.merging(parts) { map, _ in map }
  }
}

extension Layout {
  /// Calls with the byte and the element, in the value's own order, of each element.
  func forEachElement(_ body: (_ byte: Int, _ element: Int) -> Void) {
    let bytes = byteStrides
    for n in 0..<dims[0] {
      for h in 0..<dims[1] {
        for w in 0..<dims[2] {
          let byte = n * bytes[0] + h * bytes[1] + w * bytes[2]
          let element = n * strides[0] + h * strides[1] + w * strides[2]
          for c in 0..<dims[3] { body(byte + c, element + c * strides[3]) }
        }
      }
    }
  }
}
