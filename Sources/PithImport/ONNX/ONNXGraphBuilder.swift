import PithGraph

/// A graph while an ONNX file is translated into it: what a `GraphAssembler` holds, by the file's names.
final class ONNXGraphBuilder: GraphAssembler {
  /// What names mean in a graph, a branch or a function.
  private struct Scope {
    var ids: [String: ValueID] = [:]
    /// The messages of weights that are not read yet.
    var initializers: [String: UnsafeRawBufferPointer] = [:]
    /// What is read inside.
    var used: Set<String>
    /// Whether names that it does not know are those of the scope around it.
    var seesOuter: Bool
    var opset: Int
  }

  let functions: [ONNXFunction.Key: ONNXFunction]
  private let file: ONNXFile
  private var tensors: TensorReader
  private var scopes: [Scope] = []
  private var inlinedCount = 0
  /// Whether the network quantizes maps. Where only weights are bytes, they are but a small form of floats.
  private(set) var quantizesMaps = false
  /// The quantized maps so far.
  var quantizedMaps: [ValueID: QuantizedMap] = [:]
  /// The constant bytes that became floats.
  var unfolded: Set<ValueID> = []
  /// What calls a node belongs to, so that names differ.
  private var prefixes: [String] = []

  /// - Parameter constants: tensors for some of the inputs, which are then none.
  init(_ file: ONNXFile, tensors: TensorReader, constants: [String: Tensor] = [:]) throws {
    self.file = file
    self.tensors = tensors
    functions = file.functions
    super.init(name: file.graph.name)
    setMetadata(file.metadata)
    var scope = Scope(initializers: file.graph.initializers, used: [], seesOuter: false, opset: file.opset)
    for input in file.graph.inputs {
      guard let type = input.type else { continue }
      let id: ValueID
      if let tensor = constants[input.name] {
        guard tensor.element == type.element else {
          throw GraphError(
            "input '\(input.name.printable())' is \(type), but is given as \(tensor.type)")
        }
        id = constant(input.name, tensor)
      } else {
        id = try self.input(input.name, type)
      }
      guard scope.ids.updateValue(id, forKey: input.name) == nil else {
        throw GraphError("input '\(input.name.printable())' is there twice; export the model again")
      }
    }
    scopes = [scope]
  }

  /// The version of the standard's operators where the current node stands.
  var opset: Int { scopes[scopes.count - 1].opset }

  // MARK: Translating

  /// Translates the network's nodes and marks its outputs.
  func translate() throws {
    let nodes = try file.graph.nodes.map { try ONNXNode($0, tensors: &tensors) }
    let given = Set(file.graph.initializers.keys).union(file.graph.inputs.map(\.name))
    quantizesMaps = nodes.contains { ["QuantizeLinear", "QLinearConv", "QLinearMatMul"].contains($0.opType) }
    scopes[0].used = Set(nodes.flatMap { $0.inputs + $0.captures } + file.graph.outputs)
    try translate(nodes, given: given)
    try markOutputs()
  }

  private func translate(_ nodes: [ONNXNode], given: Set<String>) throws {
    try ONNXOperators.check(nodes, functions)
    for node in try ONNXNode.sorted(nodes, given: given) {
      do {
        guard !node.outputs.isEmpty else { throw GraphError("it has no outputs; export the model again") }
        if let function = functions[node.functionKey] {
          try call(function, node)
        } else {
          try ONNXOperators.readers[node.opType]?.read(node, into: self)
        }
        try node.checkAllTaken()
      } catch let error as GraphError {
        throw ImportError(file: "", node: node.label, error.message)
      }
    }
  }

  /// Puts the nodes of a branch in the place of the node that it belongs to.
  func inline(_ branch: ONNXSubgraph, for node: ONNXNode) throws {
    try withExtendedLifetime(branch) {
      let parts = try branch.parts()
      guard parts.inputs.isEmpty, parts.outputs.count >= node.outputs.count else {
        throw GraphError(
          "its branch has \(parts.outputs.count) outputs, but \(node.outputs.count) are used")
      }
      let nodes = try parts.nodes.map { try ONNXNode($0, tensors: &tensors) }
      let scope = Scope(initializers: parts.initializers, used: [], seesOuter: true, opset: opset)
      try inline(nodes, scope, given: Set(parts.initializers.keys), outputs: parts.outputs, for: node)
    }
  }

  private func call(_ function: ONNXFunction, _ node: ONNXNode) throws {
    guard node.inputs.count <= function.inputs.count, node.outputs.count <= function.outputs.count else {
      throw GraphError("it has more operands or outputs than its function; export the model again")
    }
    var arguments = node.takeAll()
    for (name, value) in try ONNXNode.attributes(function.defaults, tensors: &tensors)
    where arguments[name] == nil { arguments[name] = value }
    let opset = function.opset ?? opset
    guard ONNXImporter.supportedOpsets.contains(opset) else {
      throw GraphError("its function uses ONNX opset \(opset), which Pith does not read")
    }
    let nodes = try function.nodes.map { try ONNXNode($0, tensors: &tensors, arguments: arguments) }
    var scope = Scope(used: [], seesOuter: false, opset: opset)
    for (name, id) in zip(function.inputs, try operands(node)) { scope.ids[name] = id }
    // Operands that a call leaves out are absent where the function's nodes read them.
    let absent = Set(function.inputs).subtracting(scope.ids.keys)
    for node in nodes { node.drop(absent) }
    try inline(nodes, scope, given: Set(scope.ids.keys), outputs: function.outputs, for: node)
  }

  private func inline(
    _ nodes: [ONNXNode], _ scope: Scope, given: Set<String>, outputs: [String], for node: ONNXNode
  ) throws {
    inlinedCount += nodes.count
    guard scopes.count <= ONNXLimits.nesting, inlinedCount <= ONNXLimits.inlinedNodes else {
      throw GraphError("its functions and branches come to too many nodes; simplify the model with onnxsim")
    }
    var scope = scope
    scope.used = Set(nodes.flatMap { $0.inputs + $0.captures } + outputs)
    scopes.append(scope)
    prefixes.append(name(node))
    defer {
      scopes.removeLast()
      prefixes.removeLast()
    }
    try translate(nodes, given: given)
    let results = try outputs.prefix(node.outputs.count).map { try value($0) }
    for (name, result) in zip(node.outputs, results) where !name.isEmpty {
      scopes[scopes.count - 2].ids[name] = result
    }
  }

  // MARK: Looking

  /// The value of that name; weights are read when they are first asked for.
  func value(_ name: String) throws -> ValueID {
    for index in scopes.indices.reversed() {
      if let id = scopes[index].ids[name] { return id }
      if let bytes = scopes[index].initializers[name] {
        do {
          let id = constant(name, try tensors.tensor(bytes))
          scopes[index].ids[name] = id
          return id
        } catch let error as GraphError {
          throw GraphError("initializer '\(name.printable())': \(error.message)")
        }
      }
      guard scopes[index].seesOuter else { break }
    }
    throw GraphError("value '\(name.printable())' does not exist; export the model again")
  }

  /// The operands of a node, nil where an optional one is absent.
  func operands(_ node: ONNXNode) throws -> [ValueID?] {
    try node.inputs.map { $0.isEmpty ? nil : try value($0) }
  }

  /// One operand, nil where it is absent.
  func operand(_ node: ONNXNode, _ index: Int) throws -> ValueID? {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
    return try value(node.inputs[index])
  }

  /// An operand that must be there.
  func required(_ node: ONNXNode, _ index: Int) throws -> ValueID {
    guard let id = try operand(node, index) else { throw GraphError("operand \(index) is missing") }
    return id
  }

  /// Whether a node or an output of the graph reads the value of that name.
  func isUsed(_ name: String) -> Bool { scopes[scopes.count - 1].used.contains(name) }

  /// Whether the node has such an output and something reads it.
  func uses(_ node: ONNXNode, output index: Int) -> Bool {
    index < node.outputs.count && !node.outputs[index].isEmpty && isUsed(node.outputs[index])
  }

  /// What the file calls the elements of a value that is an input of the network; nil for any other.
  func dataType(_ name: String) -> ONNXDataType? {
    file.graph.inputs.first { $0.name == name }?.dataType
  }

  /// The elements of a constant operand, nil where it is absent.
  /// - Throws: `GraphError` where it is there but not constant.
  func constantOperand(_ node: ONNXNode, _ index: Int, _ what: String) throws -> Tensor? {
    guard let id = try operand(node, index) else { return nil }
    if let tensor = graph[id].constant { return tensor }
    let type = try type(id)
    if let contents = type.contents?.compactMap(\.size), contents.count == type.contents?.count,
      let shape = type.shape.sizes, type.element == .int64
    {
      return Tensor(shape: shape, ints: contents)
    }
    throw GraphError("its \(what) must be constant; simplify the model with onnxsim")
  }

  // MARK: Adding

  /// Adds a constant that stood in an attribute.
  func constant(_ node: ONNXNode, _ suffix: String, _ tensor: Tensor) -> ValueID {
    constant("\(self.name(node)).\(suffix)", tensor)
  }

  /// Adds the node's operator, computing the node's results, or those listed.
  func emit(
    _ op: any Operator, _ node: ONNXNode, inputs: [ValueID?]? = nil, outputs names: [String]? = nil
  ) throws {
    let names = names ?? node.outputs
    let outputs = try add(op, try inputs ?? operands(node), outputs: names, name: name(node))
    for (name, output) in zip(names, outputs) where !name.isEmpty { bind(name, to: output) }
  }

  /// Adds an operator that the node is composed of besides the one that gives its result.
  func emitPart(_ op: any Operator, _ node: ONNXNode, _ suffix: String, inputs: [ValueID?]) throws -> ValueID
  {
    let name = "\(self.name(node)).\(suffix)"
    return try add(op, inputs, name: name)
  }

  /// Makes the node's only result a constant.
  func bind(_ node: ONNXNode, to tensor: Tensor) throws {
    guard node.outputs.count == 1 else { throw GraphError("it must have one output") }
    bind(node.outputs[0], to: constant(node.outputs[0], tensor))
  }

  /// Makes a name of the file mean a value.
  func bind(_ name: String, to id: ValueID) { scopes[scopes.count - 1].ids[name] = id }

  private func markOutputs() throws {
    guard !file.graph.outputs.isEmpty else {
      throw GraphError("the graph has no outputs; export the model again")
    }
    for output in file.graph.outputs {
      do {
        markOutput(try value(output))
      } catch let error as GraphError {
        throw GraphError("output '\(output.printable())': \(error.message)")
      }
    }
  }

  func name(_ node: ONNXNode) -> String {
    let own = node.name.isEmpty ? node.outputs.first { !$0.isEmpty } ?? "" : node.name
    return prefixes.last.map { "\($0).\(own)" } ?? own
  }
}
