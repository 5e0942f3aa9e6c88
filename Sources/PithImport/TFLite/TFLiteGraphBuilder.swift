import PithGraph

/// A graph while a TFLite file is translated into it.
///
/// Values have the file's axes, channels last; a layer that works on planes stands between two transposes, which
/// `Simplify` removes. A tensor that the file stores as bytes becomes a value that a `FakeQuantize` rounds: in this form
/// the file's own quantization travels (`QuantizedModel.init(keeping:)` takes it from there), and the graph computes in
/// fp32 what the integers mean.
final class TFLiteGraphBuilder: GraphAssembler {
  let file: TFLiteFile
  private var tensors: TFLiteTensorReader
  private var ids: [Int: ValueID] = [:]
  /// Constants that are read as reals, by the number of their tensor.
  private var constants: [Int: Tensor] = [:]
  /// Which tensors were folded or dequantized to others.
  private var aliases: [Int: Int] = [:]

  init(_ file: TFLiteFile, fileBytes: Int) throws {
    self.file = file
    tensors = TFLiteTensorReader(file, fileBytes: fileBytes)
    super.init(name: file.name.isEmpty ? "tflite" : file.name)
    for index in file.inputs { try addInput(index) }
  }

  private func addInput(_ index: Int) throws {
    let tensor = file.tensors[index]
    guard let element = tensor.isQuantizedByte ? .float32 : tensor.element.element else {
      throw GraphError(
        "input '\(tensor.name.printable())' has elements of type \(tensor.element.name), which are not supported"
      )
    }
    let name = tensor.name.isEmpty ? "input_\(index)" : tensor.name
    let dimensions = tensor.signature.enumerated().map { axis, size -> Dimension in
      if size >= 0 { return .fixed(size) }
      return .symbolic(axis == 0 ? "batch" : "\(name)_axis\(axis)")
    }
    let id = try input(name, ValueType(element, Shape(dimensions)))
    try define(index, id, name: "\(name)_rounded")
  }

  // MARK: Looking

  /// The tensor of an operand; nil where it is absent.
  func tensor(_ node: TFLiteNode, _ index: Int) -> TFLiteTensor? {
    guard index < node.inputs.count, node.inputs[index] >= 0 else { return nil }
    return file.tensors[node.inputs[index]]
  }

  /// The tensor of a result.
  func result(_ node: TFLiteNode, _ index: Int = 0) throws -> TFLiteTensor {
    guard index < node.outputs.count, node.outputs[index] >= 0 else {
      throw GraphError("its output \(index) is missing")
    }
    return file.tensors[node.outputs[index]]
  }

  /// One operand as it is used between layers, nil where it is absent.
  func operand(_ node: TFLiteNode, _ index: Int) throws -> ValueID? {
    guard index < node.inputs.count, node.inputs[index] >= 0 else { return nil }
    return try value(node.inputs[index])
  }

  /// An operand that must be there.
  func required(_ node: TFLiteNode, _ index: Int) throws -> ValueID {
    guard let id = try operand(node, index) else { throw GraphError("operand \(index) is missing") }
    return id
  }

  /// The elements of an operand that must be integers and constant; nil where it is absent.
  func integers(_ node: TFLiteNode, _ index: Int) throws -> [Int]? {
    guard index < node.inputs.count, node.inputs[index] >= 0 else { return nil }
    if let stored = try tensors.stored(node.inputs[index])?.integers { return stored }
    if let known = ids[node.inputs[index]] {
      if let constant = graph[known].constant?.integers { return constant }
      if let contents = try contents(known) {
        let sizes = contents.compactMap(\.size)
        if sizes.count == contents.count { return sizes }
      }
    }
    throw GraphError(
      "operand '\(file.tensors[node.inputs[index]].name.printable())' must be constant integers")
  }

  /// One integer that an operand must hold.
  func integer(_ node: TFLiteNode, _ index: Int) throws -> Int {
    guard let all = try integers(node, index) else { throw GraphError("operand \(index) is missing") }
    guard all.count == 1 else { throw GraphError("operand \(index) must be one integer") }
    return all[0]
  }

  /// A constant operand as reals; nil where it is computed.
  func constant(_ node: TFLiteNode, _ index: Int) throws -> Tensor? {
    guard index < node.inputs.count, node.inputs[index] >= 0 else { return nil }
    return try constant(aliases[node.inputs[index]] ?? node.inputs[index])
  }

  private func constant(_ index: Int) throws -> Tensor? {
    if let known = constants[index] { return known }
    guard ids[index] == nil, let tensor = try tensors.reals(index) else { return nil }
    constants[index] = tensor
    return tensor
  }

  /// Where the elements of a constant operand stand in the file, behind a Dequantize: their tensor.
  func source(_ node: TFLiteNode, _ index: Int) -> TFLiteTensor {
    file.tensors[aliases[node.inputs[index]] ?? node.inputs[index]]
  }

  /// The value of a tensor; constants become values when they are first asked for.
  private func value(_ index: Int) throws -> ValueID {
    if let id = ids[index] { return id }
    let tensor = file.tensors[index]
    if tensor.element == .int16, tensor.quantization != nil { throw wide(tensor) }
    guard let elements = try constant(index) else {
      throw GraphError(
        "'\(tensor.name.printable())' has no elements; the network keeps state, which is not supported")
    }
    let id = constant(tensor.name, elements)
    try define(index, id, name: "\(tensor.name)_rounded")
    return ids[index] ?? id
  }

  private func wide(_ tensor: TFLiteTensor) -> GraphError {
    GraphError(
      "'\(tensor.name.printable())' is quantized to 16 bits, which is not supported; convert the model to int8 or float"
    )
  }

  // MARK: Adding

  /// Adds the node's operator, computing its results, each clamped as the node says and rounded as the file stores it.
  /// - Parameters:
  ///   - activation: the number of a fused activation.
  ///   - source: an operand that the results have all their values from, so that they are rounded already where both are
  ///     stored alike.
  func emit(
    _ op: any Operator, _ node: TFLiteNode, inputs: [ValueID?]? = nil, activation: Int = 0,
    keeping source: Int? = nil
  ) throws {
    let operands = try inputs ?? node.inputs.indices.map { try operand(node, $0) }
    let names = node.outputs.map { $0 >= 0 ? rawName($0) : "" }
    let outputs = try add(op, operands, outputs: names, name: node.name)
    for (index, output) in zip(node.outputs, outputs) where index >= 0 {
      let clamped = try activated(output, activation, node)
      try define(index, clamped, name: file.tensors[index].name, keeping: source.map { node.inputs[$0] })
    }
  }

  /// Adds an operator that the node is composed of besides the one that gives its result.
  func part(_ op: any Operator, _ node: TFLiteNode, _ suffix: String, _ inputs: [ValueID?]) throws -> ValueID
  {
    try add(op, inputs, name: "\(node.name).\(suffix)")
  }

  /// A constant that the node does not have as an operand.
  func constant(_ node: TFLiteNode, _ suffix: String, _ tensor: Tensor) -> ValueID {
    constant("\(node.name).\(suffix)", tensor)
  }

  /// Makes a value the node's result.
  func bind(_ node: TFLiteNode, to id: ValueID, index: Int = 0, keeping source: Int? = nil) throws {
    guard index < node.outputs.count, node.outputs[index] >= 0 else { return }
    let output = node.outputs[index]
    try define(
      output, id, name: file.tensors[output].name, keeping: source.map { node.inputs[$0] })
  }

  /// Makes a result the same as a constant operand, as Dequantize does to weights.
  func alias(_ node: TFLiteNode) throws -> Bool {
    guard let input = node.inputs.first, input >= 0, let output = node.outputs.first, output >= 0,
      try constant(input) != nil
    else { return false }
    aliases[output] = aliases[input] ?? input
    ids[output] = constant(file.tensors[output].name, try constant(input) ?? Tensor(0))
    return true
  }

  /// Notes what a tensor is, rounded to what its bytes can say.
  /// - Parameter source: a tensor whose values these are, where they are.
  private func define(_ index: Int, _ id: ValueID, name: String, keeping source: Int? = nil) throws {
    let tensor = file.tensors[index]
    if tensor.element == .int16, tensor.quantization != nil { throw wide(tensor) }
    guard tensor.isQuantizedByte, let quantization = tensor.quantization,
      try type(id).element == .float32
    else {
      ids[index] = id
      return
    }
    if let source, source >= 0, file.tensors[source].quantization == quantization,
      file.tensors[source].element == tensor.element
    {
      ids[index] = id
      return
    }
    do {
      ids[index] = try rounded(id, quantization, tensor.element, name: name)
    } catch let error as GraphError {
      throw GraphError("'\(tensor.name.printable())': \(error.message)")
    }
  }

  /// The value rounded to bytes.
  private func rounded(
    _ id: ValueID, _ quantization: TFLiteQuantization, _ element: TFLiteElement, name: String
  ) throws -> ValueID {
    guard quantization.isPerTensor else {
      throw GraphError("it has a scale for each channel, which only weights may have")
    }
    let zero = quantization.zeroPoints[0] + (element == .int8 ? 128 : 0)
    guard (0...255).contains(zero) else {
      throw GraphError("its zero point \(quantization.zeroPoints[0]) is no \(element.name)")
    }
    let op = FakeQuantize(levels: 0...255, zeroPoint: zero, units: quantization.scales)
    let step = constant("\(name)_step", Tensor(shape: [1], floats: [1]))
    return try add(op, [id, step], name: name)
  }

  /// What a tensor is called before it is rounded.
  private func rawName(_ index: Int) -> String {
    let tensor = file.tensors[index]
    return tensor.isQuantizedByte ? "\(tensor.name)_exact" : tensor.name
  }

  /// Applies an activation that the file has as part of an operator.
  func activated(_ id: ValueID, _ activation: Int, _ node: TFLiteNode) throws -> ValueID {
    func clip(_ low: Float, _ high: Float) throws -> ValueID {
      try part(
        Clip(), node, "clip",
        [id, constant(node, "minimum", Tensor(low)), constant(node, "maximum", Tensor(high))])
    }
    switch activation {
    case 0: return id
    case 1: return try part(Relu(), node, "relu", [id])
    case 2: return try clip(-1, 1)
    case 3: return try clip(0, 6)
    case 4: return try part(Tanh(), node, "tanh", [id])
    default: throw GraphError("its fused activation (number \(activation)) is not supported")
    }
  }

  func markOutputs() throws {
    guard !file.outputs.isEmpty else { throw GraphError("the network has no outputs; export it again") }
    for output in file.outputs {
      do {
        markOutput(try value(output))
      } catch let error as GraphError {
        throw GraphError("output '\(file.tensors[output].name.printable())': \(error.message)")
      }
    }
  }
}
