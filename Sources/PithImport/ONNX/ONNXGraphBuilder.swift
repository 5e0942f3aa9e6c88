import PithGraph

/// A graph while an ONNX file is translated into it: what a `GraphAssembler` holds, by the file's names.
final class ONNXGraphBuilder: GraphAssembler {
  let opset: Int
  private let file: ONNXFile
  private var tensors: TensorReader
  private let used: Set<String>
  private var ids: [String: ValueID] = [:]

  init(_ file: ONNXFile, nodes: [ONNXNode], tensors: TensorReader) throws {
    used = Set(nodes.flatMap(\.inputs) + file.outputs)
    self.file = file
    self.tensors = tensors
    opset = file.opset
    super.init(name: file.graphName)
    setMetadata(file.metadata)
    for input in file.inputs {
      guard let type = input.type else { continue }
      guard ids.updateValue(try self.input(input.name, type), forKey: input.name) == nil else {
        throw GraphError("input '\(input.name.printable())' is there twice; export the model again")
      }
    }
  }

  // MARK: Looking

  /// The value of that name; weights are read when they are first asked for.
  func value(_ name: String) throws -> ValueID {
    if let id = ids[name] { return id }
    guard let bytes = file.initializers[name] else {
      throw GraphError("value '\(name.printable())' does not exist; export the model again")
    }
    do {
      let id = constant(name, try tensors.tensor(bytes))
      ids[name] = id
      return id
    } catch let error as GraphError {
      throw GraphError("initializer '\(name.printable())': \(error.message)")
    }
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
  func isUsed(_ name: String) -> Bool { used.contains(name) }

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
    for (name, output) in zip(names, outputs) where !name.isEmpty { ids[name] = output }
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
    ids[node.outputs[0]] = constant(node.outputs[0], tensor)
  }

  func markOutputs() throws {
    guard !file.outputs.isEmpty else { throw GraphError("the graph has no outputs; export the model again") }
    for output in file.outputs {
      do {
        markOutput(try value(output))
      } catch let error as GraphError {
        throw GraphError("output '\(output.printable())': \(error.message)")
      }
    }
  }

  private func name(_ node: ONNXNode) -> String {
    node.name.isEmpty ? node.outputs.first { !$0.isEmpty } ?? "" : node.name
  }
}
