import PithGraph

/// A graph on its way into a file: names, nodes and weights in their final order.
final class ONNXGraphWriter {
  let graph: Graph
  let opset: Int
  private(set) var nodes: [ONNXNodeDraft] = []
  private(set) var initializers: [(name: String, tensor: Tensor)] = []
  private(set) var inputs: [(name: String, type: ValueType?)] = []
  private(set) var outputs: [(name: String, type: ValueType?)] = []

  private let quantization: ONNXQuantization
  private var taken: Set<String> = []
  private var takenNodes: Set<String> = []
  /// What readers of a value call it.
  private var names: [ValueID: String] = [:]
  /// What outputs that are constants are called.
  private var outputNames: [ValueID: String] = [:]
  /// What is an int32 under that name.
  private var narrow: [String: ValueID] = [:]
  /// The same numbers as int64.
  private var widened: [String: String] = [:]
  /// Constants that have been written.
  private var written: Set<ValueID> = []

  init(_ graph: Graph, opset: Int, quantization: ONNXQuantization) throws {
    self.graph = graph
    self.opset = opset
    self.quantization = quantization
    nameValues()
    for input in graph.inputs {
      inputs.append((name(input), graph[input].type))
      try quantize(input, from: name(input))
    }
    for node in graph.nodes {
      guard let op = node.op as? any ONNXWritable else {
        throw ExportError("node '\(node.label)': \(node.op.name) cannot be written to ONNX")
      }
      try op.write(node, into: self)
    }
    try writeOutputs()
    let used = Set(nodes.flatMap(\.inputs))
    initializers.removeAll { !used.contains($0.name) }
  }

  // MARK: Names

  /// Inputs and outputs keep their names; the others do unless they are empty or taken.
  private func nameValues() {
    for id in graph.inputs { names[id] = fresh(graph[id].name) }
    for id in graph.outputs where names[id] == nil {
      let name = fresh(graph[id].name)
      // A constant is copied to the output, which is what bears the name.
      if graph[id].constant != nil { outputNames[id] = name } else { names[id] = name }
    }
    for node in graph.nodes {
      for id in node.inputs.compactMap(\.self) + node.outputs where names[id] == nil {
        names[id] = fresh(graph[id].name)
      }
    }
    for id in graph.outputs where names[id] == nil { names[id] = fresh(graph[id].name) }
    for (id, name) in names where (graph[id].type?.element ?? graph[id].constant?.element) == .int32 {
      narrow[name] = id
    }
  }

  private func fresh(_ wish: String) -> String {
    let base = wish.isEmpty ? "value" : wish
    var name = wish.isEmpty ? "value_1" : wish
    var count = 1
    while !taken.insert(name).inserted {
      count += 1
      name = "\(base)_\(count)"
    }
    return name
  }

  private func name(_ id: ValueID) -> String { names[id] ?? "" }

  // MARK: Building

  /// Adds a node under a name of its own, as ONNX Runtime insists on it.
  private func append(_ draft: ONNXNodeDraft) {
    var draft = draft
    draft.inputs = draft.inputs.enumerated().map { index, input in
      ONNXNodeDraft.wantsInt64(draft.opType, operand: index) ? wide(input) : input
    }
    var (name, count) = (draft.name, 1)
    while !name.isEmpty, !takenNodes.insert(name).inserted {
      count += 1
      name = "\(draft.name)_\(count)"
    }
    draft.name = name
    nodes.append(draft)
  }

  /// The name of the same numbers as int64.
  private func wide(_ name: String) -> String {
    guard let id = narrow[name] else { return name }
    if let known = widened[name] { return known }
    let result: String
    if let tensor = graph[id].constant, let integers = tensor.integers {
      result = constant("\(name)_int64", Tensor(shape: tensor.shape, ints: integers))
    } else {
      result = part(
        "Cast", "\(name)_int64", inputs: [name], attributes: [("to", .int(Int(ElementType.int64.onnx)))])
    }
    widened[name] = result
    return result
  }

  /// The name under which a node's operand is read; a constant is written when it is first read.
  func operand(_ id: ValueID) throws -> String {
    if let tensor = graph[id].constant, written.insert(id).inserted { try write(tensor, id) }
    return name(id)
  }

  private func write(_ tensor: Tensor, _ id: ValueID) throws {
    let name = name(id)
    if let stored = try quantization.stored(id, tensor, name: name) {
      let integers = constant("\(name)_quantized", stored.integers)
      let scales = constant("\(name)_scale", stored.scales)
      let attributes = stored.axis.map { [(name: "axis", value: ONNXNodeDraft.Attribute.int($0))] } ?? []
      append(
        ONNXNodeDraft(
          opType: "DequantizeLinear", name: "\(name)_dequantize", inputs: [integers, scales], outputs: [name],
          attributes: attributes))
      return
    }
    initializers.append((name, tensor))
    try quantize(id, from: name)
  }

  /// Adds a constant that the graph does not have, and returns its name.
  func constant(_ wish: String, _ tensor: Tensor) -> String {
    let name = fresh(wish)
    initializers.append((name, tensor))
    return name
  }

  /// Adds the node's operator, then its fused activation and the quantization of what it computes.
  /// - Parameter inputs: names of the operands, where they are not the node's own.
  func emit(
    _ node: Node, _ opType: String, attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = [],
    inputs: [String]? = nil
  ) throws {
    let inputs = try inputs ?? operands(node)
    let activation = (node.op as? any ActivationFusible)?.activation
    // Each step computes a value of its own; the last one has the name that readers know.
    let finals = node.outputs.map { name($0) }
    let beforeQuantization = zip(node.outputs, finals).map { id, final in
      quantization.activations[id] == nil ? final : fresh("\(final)_float")
    }
    var outputs = beforeQuantization
    if activation != nil, let final = finals.first { outputs[0] = fresh("\(final)_linear") }
    append(
      ONNXNodeDraft(opType: opType, name: node.name, inputs: inputs, outputs: outputs, attributes: attributes)
    )
    if let activation, let linear = outputs.first {
      emit(activation, from: linear, to: beforeQuantization[0], node)
    }
    for (index, id) in node.outputs.enumerated() {
      try quantize(id, from: beforeQuantization[index], to: finals[index])
    }
  }

  /// Adds an operator that a node is composed of besides the one that gives its result, and returns its output's name.
  func part(
    _ opType: String, _ name: String, inputs: [String],
    attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = []
  ) -> String {
    let output = fresh(name)
    append(
      ONNXNodeDraft(opType: opType, name: name, inputs: inputs, outputs: [output], attributes: attributes))
    return output
  }

  /// A constant operand; nil where it is absent or computed.
  func constant(_ node: Node, _ index: Int) -> Tensor? {
    guard index < node.inputs.count, let id = node.inputs[index] else { return nil }
    return graph[id].constant
  }

  /// The same, called after the node.
  func emitPart(
    _ opType: String, _ node: Node, _ suffix: String, inputs: [String],
    attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = []
  ) -> String {
    part(
      opType, node.name.isEmpty ? suffix : "\(node.name)_\(suffix)", inputs: inputs, attributes: attributes)
  }

  /// The names of a node's operands, or of the first `count`.
  func operands(_ node: Node, first count: Int = .max) throws -> [String] {
    try node.inputs.prefix(count).map { try $0.map { try operand($0) } ?? "" }
  }

  private func emit(_ activation: Activation, from input: String, to output: String, _ node: Node) {
    var inputs = [input]
    var opType = "Relu"
    if case .clip(let low, let high) = activation {
      opType = "Clip"
      inputs.append(constant("\(output)_minimum", Tensor(low)))
      inputs.append(constant("\(output)_maximum", Tensor(Swift.max(low, high))))
    }
    append(
      ONNXNodeDraft(
        opType: opType, name: node.name.isEmpty ? "" : "\(node.name)_\(opType.lowercased())", inputs: inputs,
        outputs: [output]))
  }

  /// Adds the pair of QuantizeLinear and DequantizeLinear of a value, where it has one.
  /// - Parameter output: the name of the result; nil gives it a new one, which readers of the value then use.
  private func quantize(_ id: ValueID, from input: String, to output: String? = nil) throws {
    guard let (scale, zeroPoint) = quantization.activations[id] else { return }
    guard let zero = UInt8(exactly: zeroPoint), scale > 0, scale.isFinite else {
      throw ExportError(
        "value '\(name(id))' has scale \(scale) and zero point \(zeroPoint), which uint8 cannot have")
    }
    let base = name(id)
    let output = output ?? fresh("\(base)_dequantized")
    names[id] = output
    let parameters = [
      constant("\(base)_scale", Tensor(scale)),
      constant("\(base)_zero_point", Tensor(shape: [], storage: .uint8([zero]))),
    ]
    let quantized = fresh("\(base)_quantized")
    append(
      ONNXNodeDraft(
        opType: "QuantizeLinear", name: "\(base)_quantize", inputs: [input] + parameters, outputs: [quantized]
      ))
    append(
      ONNXNodeDraft(
        opType: "DequantizeLinear", name: "\(base)_dequantize", inputs: [quantized] + parameters,
        outputs: [output]))
  }

  /// An output must be computed by a node, and by its own: inputs, constants and repetitions go through Identity.
  private func writeOutputs() throws {
    let computed = Set(graph.nodes.flatMap(\.outputs))
    var seen: Set<ValueID> = []
    for id in graph.outputs {
      var name = try operand(id)
      if !seen.insert(id).inserted || !computed.contains(id) {
        let copy = outputNames.removeValue(forKey: id) ?? fresh("\(name)_output")
        append(ONNXNodeDraft(opType: "Identity", name: "", inputs: [name], outputs: [copy]))
        name = copy
      }
      outputs.append((name, graph[id].type))
    }
  }

  // MARK: For operators

  /// The elements of an integer operand that ONNX wants as an attribute; nil where the operand is absent.
  func integers(_ node: Node, _ index: Int) throws -> [Int]? {
    guard index < node.inputs.count, let id = node.inputs[index] else { return nil }
    if let values = graph[id].constant?.integers { return values }
    if let contents = graph[id].type?.contents {
      let known = contents.compactMap(\.size)
      if known.count == contents.count { return known }
    }
    throw ExportError(
      "node '\(node.label)': operand \(index) must be constant to be written at opset \(opset)")
  }

  func type(_ node: Node, _ index: Int) throws -> ValueType {
    guard index < node.inputs.count, let id = node.inputs[index], let type = graph[id].type else {
      throw ExportError("node '\(node.label)': operand \(index) has no type")
    }
    return type
  }
}
