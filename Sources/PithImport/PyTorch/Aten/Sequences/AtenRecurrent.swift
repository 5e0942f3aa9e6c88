import PithGraph

/// Simple and gated recurrent layers: several on top of each other, in one or both directions.
enum AtenRecurrent: AtenReader {
  static let targets = ["rnn_tanh.input", "rnn_relu.input", "gru.input"]

  static func read(_ call: AtenCall) throws {
    let stack = try RecurrentStack(call, gates: call.name == "gru" ? [1, 0, 2] : [0])
    let initial = try RecurrentState("hx", call)
    let results = try stack.run(call, states: [initial]) { width, direction in
      switch call.name {
      case "gru": GRU(hiddenSize: width, direction: direction, linearBeforeReset: true)
      case "rnn_relu":
        RNN(
          hiddenSize: width, direction: direction,
          activations: Array(repeating: .relu, count: direction.count))
      default: RNN(hiddenSize: width, direction: direction)
      }
    }
    for (index, result) in results.enumerated() { if let result { try call.result(result, at: index) } }
  }
}

/// Layers of long short-term memory: several on top of each other, in one or both directions.
enum AtenLSTM: AtenReader {
  static let targets = ["lstm.input"]

  static func read(_ call: AtenCall) throws {
    // PyTorch's gates are i, f, g (the cell's), o; ONNX's are i, o, f, c.
    let stack = try RecurrentStack(call, gates: [0, 3, 1, 2])
    let states = try RecurrentState.list("hx", call)
    guard states.count == 2 else { throw GraphError("it has \(states.count) initial states, but needs 2") }
    let results = try stack.run(call, states: states) { LSTM(hiddenSize: $0, direction: $1) }
    for (index, result) in results.enumerated() { if let result { try call.result(result, at: index) } }
  }
}

/// The states that recurrent layers begin with: `[layers · directions, N, H]`, nil for zeros.
struct RecurrentState {
  var id: ValueID?

  init(_ name: String, _ call: AtenCall) throws {
    guard case .tensor(let tensor)? = call.take(name) else {
      throw GraphError("argument '\(name)' must be a tensor")
    }
    self = try RecurrentState(called: tensor, call)
  }

  private init(called name: String, _ call: AtenCall) throws {
    // nn.RNN makes zeros where it is given no state.
    if case .filled(let fill) = try call.builder.value(name), fill.value == 0 { return }
    id = try call.builder.tensor(name)
  }

  static func list(_ name: String, _ call: AtenCall) throws -> [RecurrentState] {
    guard case .tensors(let names)? = call.take(name) else {
      throw GraphError("argument '\(name)' must be tensors")
    }
    return try names.map { try RecurrentState(called: $0, call) }
  }
}
