import PithGraph

/// A graph while a Keras model is translated into it, layer by layer.
///
/// Values keep the layout that they have in Keras, channels last as a rule: a layer that works on channels first stands
/// between two transposes, and `Simplify` in PithPasses makes them meet and cancel.
final class KerasGraphBuilder: GraphAssembler {
  /// The names of the models around the layer that is read, each with a slash behind it.
  var scope = ""
  /// Whether no model was entered yet: the outermost one's name is left out.
  var isOutermost = true
  /// What stateful layers remember.
  var memory = KerasMemory()
  private var usedNames = Set<String>()
  /// How often a name was asked for, so that the next one need not be searched.
  private var nameCounts: [String: Int] = [:]
  private var callCount = 0
  /// Values that bear a layer's name already.
  private var named = Set<ValueID>()

  /// Calls of layers: shared models inside shared models can multiply without end.
  private static let maximumCalls = 1 << 16

  /// A name that no other value or node has.
  func unique(_ name: String) -> String {
    var result = name
    while !usedNames.insert(result).inserted {
      nameCounts[name, default: 0] += 1
      result = "\(name)_\(nameCounts[name, default: 1])"
    }
    return result
  }

  /// Adds an input of the network.
  func modelInput(_ name: String, _ type: ValueType) throws -> ValueID {
    let id = try input(unique(name), type)
    named.insert(id)
    return id
  }

  /// What a layer computes of its operands.
  /// - Parameter isPart: whether the layer stands inside another, whose name the results are to have.
  /// - Throws: `ImportError` naming the layer.
  func apply(
    _ layer: KerasLayer, _ inputs: [ValueID], arguments: [String: KerasArgument] = [:], isPart: Bool = false
  ) throws -> [ValueID] {
    callCount += 1
    do {
      guard callCount <= Self.maximumCalls else {
        throw GraphError("the model calls more than \(Self.maximumCalls) layers")
      }
      guard let reader = KerasLayers.readers[layer.className] else {
        throw GraphError(KerasLayers.refusal(of: layer.className))
      }
      for (name, argument) in arguments.sorted(by: { $0.key < $1.key })
      where !argument.values.isEmpty && !reader.argumentNames.contains(name) {
        throw GraphError("it is called with a tensor as '\(name.printable())', which is not supported")
      }
      if arguments["training"]?.json?.bool == true, reader.dependsOnTraining {
        throw GraphError(
          "it is called with training=True, so that it does the same while predicting; call it without")
      }
      guard !inputs.isEmpty || !arguments.isEmpty else {
        throw GraphError("it has no operands; save the model again")
      }
      let call = KerasCall(layer: layer, inputs: inputs, arguments: arguments, builder: self)
      let outputs = try reader.read(call)
      if isPart { return outputs }
      for (index, output) in outputs.enumerated()
      where graph[output].constant == nil && named.insert(output).inserted {
        rename(output, unique(scope + layer.name + (index == 0 ? "" : ":\(index)")))
      }
      return outputs
    } catch let error as GraphError {
      throw ImportError(file: "", node: layer.label, error.message)
    }
  }

  /// Makes a value an output of the network under a layer's name; a value that is an input or an output already is
  /// copied.
  func modelOutput(_ id: ValueID, layer: String) throws {
    var id = id
    if graph.inputs.contains(id) || graph.outputs.contains(id) || graph[id].constant != nil {
      let name = unique("\(layer).output")
      id = try add(Identity(), [id], name: name)
    }
    markOutput(id)
  }
}
