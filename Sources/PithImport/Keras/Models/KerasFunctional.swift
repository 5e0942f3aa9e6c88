import PithGraph

/// A model whose layers are called on each other's tensors.
enum KerasFunctional: KerasReader {
  static let classNames = ["Functional", "Model"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(parts: try KerasModel.parts(of: layer, depth: depth))
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    var outputs: [ValueID] = []
    try KerasModel.within(call.layer, call.builder) {
      outputs = try run(call.layer, call.inputs, call.builder).map(\.value)
    }
    return outputs
  }

  /// The inputs of the network, in the model's order.
  static func inputs(of model: KerasLayer, in builder: KerasGraphBuilder) throws -> [ValueID] {
    let layers = Dictionary(
      model.parts.map { ($0.layer.name, $0.layer) }, uniquingKeysWith: { first, _ in first })
    return try KerasReference.list(model.value("input_layers")).map { reference in
      guard let layer = layers[reference.layer] else {
        throw GraphError("input '\(reference.layer.printable())' does not exist; save the model again")
      }
      return try builder.modelInput(layer.name, try KerasInput.type(of: layer, named: layer.name))
    }
  }

  /// One call of a layer, waiting for its operands.
  private struct Call {
    var layer: KerasLayer
    var node: Int
    var inbound: KerasInbound
  }

  /// What the model computes of tensors for its inputs.
  /// - Returns: its outputs, each with the layer that computes it.
  static func run(
    _ model: KerasLayer, _ inputs: [ValueID], _ builder: KerasGraphBuilder
  ) throws -> [(layer: String, value: ValueID)] {
    let inputReferences = try KerasReference.list(model.value("input_layers"))
    let outputReferences = try KerasReference.list(model.value("output_layers"))
    guard inputReferences.count == inputs.count else {
      throw GraphError("it has \(inputReferences.count) inputs, but is given \(inputs.count)")
    }
    guard !outputReferences.isEmpty else { throw GraphError("the model has no outputs; save it again") }
    let calls = try calls(of: model, outputReferences)
    var values = Dictionary(zip(inputReferences, inputs), uniquingKeysWith: { first, _ in first })
    func value(_ reference: KerasReference) throws -> ValueID {
      guard let value = values[reference] else {
        throw GraphError(
          "tensor \(reference.tensor) of call \(reference.node) of layer '\(reference.layer.printable())' does not exist; save the model again"
        )
      }
      return value
    }
    for call in try sorted(calls) {
      let operands: [ValueID]
      let arguments: [String: KerasArgument]
      do {
        operands = try call.inbound.operands.map(value)
        arguments = try call.inbound.arguments.mapValues { try $0.resolved(value) }
      } catch let error as GraphError {
        throw ImportError(file: "", node: call.layer.label, error.message)
      }
      let results = try builder.apply(call.layer, operands, arguments: arguments)
      for (index, result) in results.enumerated() {
        values[KerasReference(layer: call.layer.name, node: call.node, tensor: index)] = result
      }
    }
    return try outputReferences.map { ($0.layer, try value($0)) }
  }

  /// Every call of every layer, numbered as references number them.
  private static func calls(of model: KerasLayer, _ outputs: [KerasReference]) throws -> [Call] {
    var calls: [Call] = []
    var highest: [String: Int] = [:]
    var names = Set<String>()
    for (_, layer) in model.parts {
      guard names.insert(layer.name).inserted else {
        throw ImportError(
          file: "", node: layer.label, "another layer has the same name; save the model again")
      }
      guard layer.calls.count <= 1 << 14 else {
        throw ImportError(
          file: "", node: layer.label, "it is called \(layer.calls.count) times, more than any network does")
      }
      for (node, json) in layer.calls.enumerated() {
        do {
          calls.append(
            Call(
              layer: layer, node: node,
              inbound: try KerasInbound(json, takesNumbers: layer.className.hasPrefix("ops."))))
        } catch let error as GraphError {
          throw ImportError(file: "", node: layer.label, error.message)
        }
      }
    }
    for reference in outputs + calls.flatMap(\.inbound.references) {
      highest[reference.layer] = max(highest[reference.layer] ?? 0, reference.node)
    }
    for index in calls.indices {
      // Keras 2 counts the call that made a model first.
      let layer = calls[index].layer
      let isModel = (classNames + KerasSequential.classNames).contains(layer.className)
      if isModel, layer.version < 3 || highest[layer.name] == layer.calls.count { calls[index].node += 1 }
    }
    return calls
  }

  /// The calls in an order in which operands come first.
  private static func sorted(_ calls: [Call]) throws -> [Call] {
    struct Place: Hashable {
      var layer: String
      var node: Int
    }
    let producers = Dictionary(
      calls.enumerated().map { (Place(layer: $1.layer.name, node: $1.node), $0) },
      uniquingKeysWith: { first, _ in first })
    var missing = [Int](repeating: 0, count: calls.count)
    var readers = [[Int]](repeating: [], count: calls.count)
    for (index, call) in calls.enumerated() {
      for place in Set(call.inbound.references.map { Place(layer: $0.layer, node: $0.node) }) {
        guard let producer = producers[place] else { continue }
        missing[index] += 1
        readers[producer].append(index)
      }
    }
    var order: [Int] = []
    var ready = calls.indices.filter { missing[$0] == 0 }
    var next = 0
    while next < ready.count {
      let index = ready[next]
      next += 1
      order.append(index)
      for reader in readers[index] {
        missing[reader] -= 1
        if missing[reader] == 0 { ready.append(reader) }
      }
    }
    if let index = calls.indices.first(where: { missing[$0] > 0 }) {
      throw ImportError(
        file: "", node: calls[index].layer.label,
        "it waits for what is computed of its own results; save the model again")
    }
    return order.map { calls[$0] }
  }
}
