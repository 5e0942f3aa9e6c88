import PithGraph

/// Simple recurrent layers, long short-term memory and gated recurrent units, and `RNN` around one of their cells.
enum KerasRecurrent: KerasReader {
  static let classNames = ["SimpleRNN", "LSTM", "GRU", "RNN"]
  static let argumentNames: Set<String> = ["initial_state"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    let cell = try KerasCell(layer, depth: depth)
    return KerasStructure(variables: cell.variables)
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layer = call.layer
    let cell = try KerasCell(layer, depth: 0)
    guard let x = call.inputs.first else { throw GraphError("it has no operand") }
    let states = Array(call.inputs.dropFirst()) + (call.arguments["initial_state"]?.values ?? [])
    let isReversed = try layer.flag("go_backwards")
    let isTimeMajor = try layer.flag("time_major")
    let steps = try KerasRecurrence.timeMajor(call, x, isTimeMajor)
    // Where a state is given, the one that is remembered is not read.
    let remembered =
      try layer.flag("stateful") && states.isEmpty
      ? call.builder.memory.begin(
        call, x, batchAxis: isTimeMajor ? 1 : 0, units: cell.units, names: cell.stateNames) : []
    let initial = try (states + remembered).map { try call.unsqueeze($0, [0], "state") }
    let outputs = try cell.run(call, steps, isReversed ? .reverse : .forward, initial, weights: [layer])
    for (index, state) in remembered.enumerated() {
      let next = try call.squeeze(outputs[1 + index], [0], "\(cell.stateNames[index]).next")
      call.builder.memory.end(state, next, in: call.builder)
    }
    var results: [ValueID] = []
    if try layer.flag("return_sequences") {
      var y = try call.squeeze(outputs[0], [1], "steps")
      if isReversed {
        // Keras leaves the steps in the order in which they were computed.
        y = try call.add(
          Slice(),
          [
            y, call.integers("starts", [-1]), call.integers("ends", [Int(Int32.min)]),
            call.integers("axes", [0]),
            call.integers("steps", [-1]),
          ], "reversed")
      }
      results.append(isTimeMajor ? y : try call.transpose(y, [1, 0, 2], "batchfirst"))
    } else {
      results.append(try call.squeeze(outputs[1], [0], "last"))
    }
    if try layer.flag("return_state") {
      for (index, state) in outputs.dropFirst().enumerated() {
        results.append(try call.squeeze(state, [0], "state\(index)"))
      }
    }
    return results
  }
}

/// Parts that recurrent layers share.
enum KerasRecurrence {
  /// `[N, T, I]` as `[T, N, I]`.
  static func timeMajor(_ call: KerasCall, _ x: ValueID, _ isAlready: Bool) throws -> ValueID {
    let x = try call.float(x)
    try call.check(rank: 3, x)
    return isAlready ? x : try call.transpose(x, [1, 0, 2], "timefirst")
  }
}

/// What a recurrent layer repeats.
struct KerasCell {
  enum Kind { case simple, lstm, gru }

  var kind: Kind
  var units: Int
  var usesBias: Bool
  /// Whether a GRU's reset gate works on the product.
  var resetsAfter: Bool
  var activations: [RecurrentActivation]

  /// - Parameter layer: the layer, or the layer around the cell.
  init(_ layer: KerasLayer, depth: Int) throws {
    var source = layer
    if layer.className == "RNN" {
      guard let json = layer.value("cell") else { throw GraphError("it has no cell; save the model again") }
      guard KerasCellPart.classNames.contains(json["class_name"]?.string ?? "") else {
        throw GraphError(
          "its cell is \(json["class_name"]?.string?.printable() ?? json.kind), which is not supported; use SimpleRNNCell, LSTMCell or GRUCell"
        )
      }
      source = try KerasLayer(json, version: layer.version, depth: depth + 1)
    }
    switch source.className {
    case "LSTM", "LSTMCell": kind = .lstm
    case "GRU", "GRUCell": kind = .gru
    default: kind = .simple
    }
    units = try source.size("units")
    usesBias = try source.flag("use_bias", default: true)
    // Keras 2's first GRU had no such key and reset before.
    resetsAfter = try source.flag("reset_after", default: false)
    let state = try KerasCell.function(source.config["activation"] ?? .string("tanh"), source.version)
    let gate = try KerasCell.function(
      source.config["recurrent_activation"] ?? .string("sigmoid"), source.version)
    switch kind {
    case .simple: activations = [state]
    case .gru: activations = [gate, state]
    case .lstm: activations = [gate, state, state]
    }
  }

  var variables: [KerasVariable] {
    (["kernel", "recurrent_kernel"] + (usesBias ? ["bias"] : [])).enumerated().map { index, name in
      KerasVariable(name: name, paths: ["cell/vars/\(index)", "vars/\(index)"])
    }
  }

  /// What it remembers, in the operator's order.
  var stateNames: [String] { kind == .lstm ? ["h", "c"] : ["h"] }

  private var gates: Int {
    switch kind {
    case .simple: 1
    case .gru: 3
    case .lstm: 4
    }
  }

  private static func function(_ value: JSONValue, _ version: Int) throws -> RecurrentActivation {
    guard let function = try KerasFunction(value == .null ? nil : value) else {
      return .affine(alpha: 1, beta: 0)
    }
    guard case .named(let name) = function else {
      throw GraphError("a layer as the activation of a recurrent cell is not supported; name a function")
    }
    switch name {
    case "sigmoid": return .sigmoid
    case "tanh": return .tanh
    case "relu": return .relu
    case "hard_sigmoid": return .hardSigmoid(alpha: version < 3 ? 0.2 : 1 / 6, beta: 0.5)
    case "elu": return .elu(alpha: 1)
    case "softsign": return .softsign
    case "softplus": return .softplus
    case "leaky_relu": return .leakyRelu(alpha: 0.2)
    default: throw GraphError("activation '\(name.printable())' is not supported inside a recurrent cell")
    }
  }

  /// Adds the operator.
  /// - Parameters:
  ///   - x: `[T, N, I]`.
  ///   - initial: the first states, each `[D, N, H]`, of which there are none or all.
  ///   - layers: the layers that keep the arrays of each direction.
  /// - Returns: `[T, D, N, H]`, and the last states `[D, N, H]`.
  func run(
    _ call: KerasCall, _ x: ValueID, _ direction: RecurrentDirection, _ initial: [ValueID],
    weights layers: [KerasLayer],
    backward: KerasCell? = nil
  ) throws -> [ValueID] {
    guard initial.isEmpty || initial.count == stateNames.count else {
      throw GraphError("it is given \(initial.count) states, but has \(stateNames.count)")
    }
    let inputs = try call.shape(x)[2].size
    let rows = gates * units
    func stacked(_ key: String, _ part: (KerasLayer) throws -> Tensor) throws -> ValueID {
      try call.constant(key) {
        let parts = try layers.map(part)
        return Tensor(shape: [parts.count] + parts[0].shape, floats: parts.flatMap { $0.floats ?? [] })
      }
    }
    let w = try stacked("W") { reordered(try $0.array("kernel", [inputs, rows]).permuted([1, 0])) }
    let r = try stacked("R") {
      reordered(try $0.array("recurrent_kernel", [units, rows]).permuted([1, 0]))
    }
    let hasTwoBiases = kind == .gru && resetsAfter
    let b =
      try !usesBias
      ? nil
      : stacked("B") { layer in
        let bias = try layer.array("bias", hasTwoBiases ? [2, rows] : [rows])
        if hasTwoBiases { return bias.reshaped([2 * rows]) }
        let ordered = reordered(bias.reshaped([rows, 1])).floats ?? []
        return Tensor(shape: [2 * rows], floats: ordered + Array(repeating: 0, count: rows))
      }
    let functions = activations + (backward?.activations ?? [])
    let operands: [ValueID?] = [x, w, r, b, nil] + initial
    switch kind {
    case .simple:
      return try call.add(
        RNN(hiddenSize: units, direction: direction, activations: functions), operands, outputs: 2)
    case .gru:
      return try call.add(
        GRU(
          hiddenSize: units, direction: direction, activations: functions, linearBeforeReset: resetsAfter),
        operands, outputs: 2)
    case .lstm:
      return try call.add(
        LSTM(hiddenSize: units, direction: direction, activations: functions), operands, outputs: 3)
    }
  }

  /// Rows by gates in ONNX's order: Keras has a long short-term memory's as i, f, c, o.
  private func reordered(_ matrix: Tensor) -> Tensor {
    guard kind == .lstm, let floats = matrix.floats else { return matrix }
    let block = floats.count / 4
    let rows = [0, 3, 1, 2].flatMap { floats[($0 * block)..<(($0 + 1) * block)] }
    return Tensor(shape: matrix.shape, floats: rows)
  }
}

/// The cells, which stand only inside of `RNN`.
enum KerasCellPart: KerasReader {
  static let classNames = ["SimpleRNNCell", "LSTMCell", "GRUCell"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    throw GraphError("a cell by itself is not supported; put it into an RNN layer")
  }
}
