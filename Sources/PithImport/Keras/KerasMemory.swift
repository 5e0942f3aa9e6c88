import PithGraph

/// What stateful layers remember: each state is an input of the network and an output, which is the input of the next run.
struct KerasMemory {
  private var layers = Set<ObjectIdentifier>()
  private var states: [(input: String, output: ValueID)] = []

  /// Adds an input for each state of a layer, which Keras begins with zeros.
  /// - Parameters:
  ///   - x: what the layer reads, the samples along the axis `batchAxis`.
  ///   - names: what the states are called, such as h and c.
  /// - Returns: the states, each `[N, units]`.
  mutating func begin(
    _ call: KerasCall, _ x: ValueID, batchAxis: Int, units: Int, names: [String]
  ) throws -> [ValueID] {
    guard layers.insert(ObjectIdentifier(call.layer)).inserted else {
      throw GraphError(
        "it is stateful and called more than once, where each call would go on from the other; use one layer for each call"
      )
    }
    let batch = try call.shape(x)[batchAxis]
    guard let first = call.builder.graph.inputs.first, try call.shape(first).dimensions.first == batch else {
      throw GraphError(
        "it is stateful, and its samples are not those of the network's input; save it with stateful=False")
    }
    return try names.map { name in
      try call.builder.modelInput(
        call.builder.scope + call.layer.name + "." + name,
        ValueType(.float32, Shape([batch, .fixed(units)])))
    }
  }

  /// Notes what a state, begun as `input`, is after the run.
  mutating func end(_ input: ValueID, _ output: ValueID, in builder: KerasGraphBuilder) {
    states.append((builder.graph[input].name, output))
  }

  /// Makes the outputs of the network, behind its own.
  func finish(_ builder: KerasGraphBuilder) {
    var names: [String: String] = [:]
    for (input, output) in states {
      builder.markOutput(output)
      names[input] = builder.graph[output].name
    }
    builder.setStates(names)
  }
}
