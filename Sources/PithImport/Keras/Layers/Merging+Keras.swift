import PithGraph

/// Several operands element by element.
enum KerasMerge: KerasReader {
  static let classNames = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let operands = try aligned(call)
    func chained(_ op: any Operator) throws -> ValueID {
      var result = operands[0]
      for (index, operand) in operands.enumerated().dropFirst() {
        result = try call.add(op, [result, operand], index == operands.count - 1 ? nil : "part")
      }
      return result
    }
    switch call.layer.className {
    case "Add": return [try chained(Add())]
    case "Subtract":
      guard operands.count == 2 else { throw GraphError("it has \(operands.count) operands, but takes two") }
      return [try chained(Sub())]
    case "Multiply": return [try chained(Mul())]
    case "Average":
      return [
        try call.add(Mul(), [try chained(Add()), call.scalar("share", 1 / Float(operands.count))], "mean")
      ]
    case "Maximum": return [try call.add(Max(), operands)]
    default: return [try call.add(Min(), operands)]
    }
  }

  /// The operands with equally many axes: Keras adds those that miss behind the batch.
  private static func aligned(_ call: KerasCall) throws -> [ValueID] {
    var operands = call.inputs
    let elements = try operands.map { try call.builder.type($0).element }
    if Set(elements).count > 1 { operands = try operands.map { try call.float($0) } }
    let rank = try operands.map { try call.shape($0).rank }.max() ?? 0
    return try operands.map { operand in
      let missing = try rank - call.shape(operand).rank
      return missing == 0 ? operand : try call.unsqueeze(operand, Array(1...missing), "aligned")
    }
  }
}

/// Operands side by side along one axis.
enum KerasConcatenate: KerasReader {
  static let classNames = ["Concatenate"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    var operands = call.inputs
    if Set(try operands.map { try call.builder.type($0).element }).count > 1 {
      operands = try operands.map { try call.float($0) }
    }
    if operands.count == 1 { return operands }
    return [try call.add(Concat(axis: try call.layer.int("axis") ?? -1), operands)]
  }
}

/// Products over one axis of each of two operands, for each sample.
enum KerasDot: KerasReader {
  static let classNames = ["Dot"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    guard call.inputs.count == 2 else {
      throw GraphError("it has \(call.inputs.count) operands, but takes two")
    }
    var operands = try call.inputs.map { try call.float($0) }
    var axes = try call.layer.ints("axes", count: 2, default: -1)
    for index in 0..<2 {
      let rank = try call.shape(operands[index]).rank
      guard (2...3).contains(rank) else { throw GraphError("its operands must have two or three axes") }
      axes[index] = try Operands.axis(axes[index], rank: rank)
      guard axes[index] > 0 else { throw GraphError("it multiplies over the batch, which is not supported") }
      if try call.layer.flag("normalize") {
        let squares = try call.add(
          ReduceSumSquare(), [operands[index], call.integers("axes", [axes[index]])], "squares\(index)")
        let bounded = try call.add(Max(), [squares, call.scalar("floor", 1e-12)], "bounded\(index)")
        let length = try call.add(Sqrt(), [bounded], "length\(index)")
        operands[index] = try call.add(Div(), [operands[index], length], "unit\(index)")
      }
      // The axis to multiply over last in the first operand, and before the last in the second.
      if rank == 2 {
        operands[index] = try call.unsqueeze(operands[index], [index == 0 ? 1 : 2], "matrix\(index)")
      } else if axes[index] == (index == 0 ? 1 : 2) {
        operands[index] = try call.transpose(operands[index], [0, 2, 1], "turned\(index)")
      }
    }
    let y = try call.add(MatMul(), operands)
    // An operand of one axis besides the batch leaves none behind, but Keras keeps at least one.
    let ranks = try call.inputs.map { try call.shape($0).rank }
    switch (ranks[0], ranks[1]) {
    case (3, 3): return [y]
    case (3, 2): return [try call.squeeze(y, [2], "squeeze")]
    default: return [try call.squeeze(y, [1], "squeeze")]
    }
  }
}
