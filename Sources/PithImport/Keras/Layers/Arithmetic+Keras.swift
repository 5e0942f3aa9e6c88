import PithGraph

/// Arithmetic between layers, as `x + y` and `x / 255` are saved: functions, not layers.
enum KerasArithmetic: KerasReader {
  static let classNames = [
    "ops.Add", "ops.Subtract", "ops.Multiply", "ops.Divide", "ops.TrueDivide", "ops.Maximum", "ops.Minimum",
  ]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    // Numbers and arrays are known by their position.
    let numbers = try call.arguments.map { key, argument -> (Int, Tensor) in
      guard let place = Int(key), let json = argument.json else {
        throw GraphError("its argument '\(key.printable())' is not supported")
      }
      if let number = json.number { return (place, Tensor(Float(number))) }
      return (place, try KerasConstant.tensor(json))
    }
    guard call.inputs.count + numbers.count == 2, numbers.count < 2 else {
      throw GraphError("it has \(call.inputs.count + numbers.count) operands, but takes two")
    }
    let elements = try call.inputs.map { try call.builder.type($0).element }
    let isDivision = call.layer.className.hasSuffix("Divide")
    var operands = call.inputs
    if Set(elements).count > 1 || !numbers.isEmpty || isDivision { operands = try operands.map(call.float) }
    if let (place, number) = numbers.first {
      guard place < 2 else { throw GraphError("its second operand is missing") }
      operands.insert(call.constant("number") { number }, at: place)
    }
    return [try call.add(operation(call.layer.className), operands)]
  }

  private static func operation(_ name: String) -> any Operator {
    switch name {
    case "ops.Add": Add()
    case "ops.Subtract": Sub()
    case "ops.Multiply": Mul()
    case "ops.Maximum": Max()
    case "ops.Minimum": Min()
    default: Div()
    }
  }
}
