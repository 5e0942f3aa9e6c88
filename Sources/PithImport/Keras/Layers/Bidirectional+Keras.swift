import PithGraph

/// A recurrent layer that runs over the sequence both ways.
enum KerasBidirectional: KerasReader {
  static let classNames = ["Bidirectional"]
  static let argumentNames: Set<String> = ["initial_state"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    guard let forward = try layer.inner("layer", depth: depth), let json = layer.value("layer") else {
      throw GraphError("it has no layer inside; save the model again")
    }
    let backward =
      try layer.inner("backward_layer", depth: depth)
      ?? KerasLayer(json, version: layer.version, depth: depth + 1)
    return KerasStructure(parts: [(["forward_layer"], forward), (["backward_layer"], backward)])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layers = call.layer.parts.map(\.layer)
    guard layers.allSatisfy({ KerasRecurrent.classNames.contains($0.className) }) else {
      throw GraphError(
        "layers of class \(layers[0].className.printable()) both ways are not supported; use SimpleRNN, LSTM or GRU"
      )
    }
    let cells = try layers.map { try KerasCell($0, depth: 0) }
    guard cells[0].kind == cells[1].kind, cells[0].units == cells[1].units,
      cells[0].usesBias == cells[1].usesBias,
      cells[0].resetsAfter == cells[1].resetsAfter
    else { throw GraphError("its two directions differ in kind, which is not supported") }
    guard try !layers[0].flag("go_backwards") else {
      throw GraphError("its first direction goes backwards, which is not supported")
    }
    guard let x = call.inputs.first else { throw GraphError("it has no operand") }
    let isTimeMajor = try layers[0].flag("time_major")
    let steps = try KerasRecurrence.timeMajor(call, x, isTimeMajor)
    let given = Array(call.inputs.dropFirst()) + (call.arguments["initial_state"]?.values ?? [])
    // Forward's states, then backward's.
    let names = ["forward", "backward"].flatMap { side in cells[0].stateNames.map { "\(side).\($0)" } }
    let remembered =
      try layers[0].flag("stateful") && given.isEmpty
      ? call.builder.memory.begin(
        call, x, batchAxis: isTimeMajor ? 1 : 0, units: cells[0].units, names: names) : []
    let outputs = try cells[0].run(
      call, steps, .bidirectional, try initial(call, given + remembered), weights: layers, backward: cells[1])
    for (index, state) in remembered.enumerated() {
      let (direction, part) = index.quotientAndRemainder(dividingBy: cells[0].stateNames.count)
      let next = try pick(call, outputs[1 + part], direction, axis: 0, "\(names[index]).next")
      call.builder.memory.end(state, next, in: call.builder)
    }
    var results = try merged(
      call, outputs, isTimeMajor: isTimeMajor, keepsSteps: layers[0].flag("return_sequences"))
    if try layers[0].flag("return_state") {
      // Forward's states, then backward's.
      for direction in 0..<2 {
        for (index, state) in outputs.dropFirst().enumerated() {
          results.append(try pick(call, state, direction, axis: 0, "state\(index).\(direction)"))
        }
      }
    }
    return results
  }

  /// The first states as the operator has them, of lists such as h, c of forward, then h, c of backward.
  private static func initial(_ call: KerasCall, _ states: [ValueID]) throws -> [ValueID] {
    guard states.count % 2 == 0 else {
      throw GraphError("it is given \(states.count) states, which are not those of two directions")
    }
    let half = states.count / 2
    return try (0..<half).map { index in
      let pair = try [states[index], states[half + index]].map { try call.unsqueeze($0, [0], "state") }
      return try call.add(Concat(axis: 0), pair, "states")
    }
  }

  /// What the two directions computed, made one as `merge_mode` says, or each by itself.
  private static func merged(
    _ call: KerasCall, _ outputs: [ValueID], isTimeMajor: Bool, keepsSteps: Bool
  ) throws -> [ValueID] {
    let mode = call.layer.config["merge_mode"] ?? .string("concat")
    if mode == .string("concat") {
      if keepsSteps {
        // [T, 2, N, H] as [N, T, 2, H]
        let y = try call.transpose(outputs[0], isTimeMajor ? [0, 2, 1, 3] : [2, 0, 1, 3], "batchfirst")
        return [try call.reshape(y, [0, 0, -1], "merged")]
      }
      return [try call.reshape(try call.transpose(outputs[1], [1, 0, 2], "batchfirst"), [0, -1], "merged")]
    }
    var parts: [ValueID] = []
    for direction in 0..<2 {
      var y = try pick(
        call, outputs[keepsSteps ? 0 : 1], direction, axis: keepsSteps ? 1 : 0, "direction\(direction)")
      if keepsSteps, !isTimeMajor { y = try call.transpose(y, [1, 0, 2], "batchfirst\(direction)") }
      parts.append(y)
    }
    switch mode {
    case .null: return parts
    case .string("sum"): return [try call.add(Add(), parts, "merged")]
    case .string("mul"): return [try call.add(Mul(), parts, "merged")]
    case .string("ave"):
      return [try call.add(Mul(), [try call.add(Add(), parts, "sum"), call.scalar("half", 0.5)], "merged")]
    default: throw GraphError("its merge_mode is \(mode.string?.printable() ?? mode.kind), which is unknown")
    }
  }

  private static func pick(_ call: KerasCall, _ x: ValueID, _ direction: Int, axis: Int, _ suffix: String)
    throws -> ValueID
  {
    let index = call.constant("direction\(direction)") { Tensor(shape: [], ints: [direction]) }
    return try call.add(Gather(axis: axis), [x, index], suffix)
  }
}
