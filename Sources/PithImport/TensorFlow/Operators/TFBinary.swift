import PithGraph

/// Functions of two numbers, element by element, where operands of different shapes repeat.
enum TFBinary: TFReader {
  static let operators = [
    "Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "DivNoNan", "Maximum", "Minimum", "Pow",
    "SquaredDifference",
    "FloorDiv", "FloorMod", "Mod", "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual",
    "LogicalAnd",
    "LogicalOr", "BiasAddV1",
  ]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    if let a = try builder.integers(node, 0), let b = try builder.integers(node, 1),
      let result = integral(node.op, a, b)
    {
      return [.integers(result)]
    }
    return [.tensor(try value(node, builder))]
  }

  private static func value(_ node: TFNode, _ builder: TFGraphBuilder) throws -> ValueID {
    let operands = try builder.tensors(node, 0..<2)
    let isFloat = try builder.type(operands[0]).element.isFloatingPoint
    switch node.op {
    case "Add", "AddV2", "BiasAddV1": return try builder.emit(Add(), node, operands)
    case "Sub": return try builder.emit(Sub(), node, operands)
    case "Mul": return try builder.emit(Mul(), node, operands)
    case "RealDiv": return try builder.emit(Div(), node, operands)
    case "Div", "FloorDiv":
      if isFloat, node.op == "Div" { return try builder.emit(Div(), node, operands) }
      if isFloat {
        return try builder.emit(Floor(), node, [try builder.part(Div(), node, "quotient", operands)])
      }
      // Integers are divided towards zero, so the remainder goes off first.
      let rest = try builder.part(Mod(), node, "rest", operands)
      return try builder.emit(
        Div(), node, [try builder.part(Sub(), node, "even", [operands[0], rest]), operands[1]])
    case "DivNoNan":
      let zero = builder.constant(node, "zero", Tensor(0))
      let isZero = try builder.part(Equal(), node, "isZero", [operands[1], zero])
      return try builder.emit(
        Where(), node, [isZero, zero, try builder.part(Div(), node, "quotient", operands)])
    case "Maximum": return try builder.emit(Max(), node, operands)
    case "Minimum": return try builder.emit(Min(), node, operands)
    case "Pow": return try builder.emit(Pow(), node, operands)
    case "SquaredDifference":
      let difference = try builder.part(Sub(), node, "difference", operands)
      return try builder.emit(Mul(), node, [difference, difference])
    case "FloorMod", "Mod":
      guard isFloat else { return try builder.emit(Mod(), node, operands) }
      let quotient = try builder.part(
        Floor(), node, "floor", [try builder.part(Div(), node, "quotient", operands)])
      let even = try builder.part(Mul(), node, "even", [quotient, operands[1]])
      return try builder.emit(Sub(), node, [operands[0], even])
    case "Equal": return try builder.emit(Equal(), node, operands)
    case "NotEqual":
      return try builder.emit(Not(), node, [try builder.part(Equal(), node, "equal", operands)])
    case "Less": return try builder.emit(Less(), node, operands)
    case "LessEqual": return try builder.emit(LessOrEqual(), node, operands)
    case "Greater": return try builder.emit(Greater(), node, operands)
    case "GreaterEqual": return try builder.emit(GreaterOrEqual(), node, operands)
    case "LogicalAnd": return try builder.emit(And(), node, operands)
    case "LogicalOr": return try builder.emit(Or(), node, operands)
    default: throw GraphError("it is not a function of two numbers")
    }
  }

  private static func integral(_ op: String, _ a: TFIntegers, _ b: TFIntegers) -> TFIntegers? {
    switch op {
    case "Add", "AddV2": TFIntegers.combined(a, b) { $0.plus($1) }
    case "Sub": TFIntegers.combined(a, b) { $0.minus($1) }
    case "Mul": TFIntegers.combined(a, b) { try? $0.multiplied(by: $1) }
    case "FloorDiv", "Div": TFIntegers.combined(a, b) { TFIntegers.quotient($0, $1) }
    case "FloorMod": TFIntegers.combined(a, b) { TFIntegers.remainder($0, $1) }
    case "Maximum": TFIntegers.combined(a, b) { TFIntegers.maximum($0, $1) }
    case "Minimum": TFIntegers.combined(a, b) { TFIntegers.minimum($0, $1) }
    default: nil
    }
  }
}
