extension Operands {
  /// The type of an operand that must be of numbers, which bool is not.
  func numeric(_ index: Int) throws -> ValueType {
    let type = try type(index)
    guard type.element != .bool else { throw GraphError("operand \(index) is bool, but must be of numbers") }
    return ValueType(type.element, type.shape)
  }

  /// The type of an operand that must be of integers.
  func integral(_ index: Int) throws -> ValueType {
    let type = try numeric(index)
    guard !type.element.isFloatingPoint else {
      throw GraphError("operand \(index) is \(type.element.rawValue), but must be of integers")
    }
    return type
  }

  /// The type of an operand that must have that type of elements.
  func type(_ index: Int, _ element: ElementType) throws -> ValueType {
    let type = try type(index)
    guard type.element == element else {
      throw GraphError("operand \(index) is \(type.element.rawValue), but must be \(element.rawValue)")
    }
    return type
  }

  /// The type of indices: int64 or int32.
  func indices(_ index: Int) throws -> ValueType {
    let type = try type(index)
    guard type.element == .int64 || type.element == .int32 else {
      throw GraphError("operand \(index) is \(type.element.rawValue), but must be int64 or int32")
    }
    return type
  }

  /// The type of all operands, which must agree, and the shape that they broadcast to.
  func elementwiseOfAll() throws -> ValueType {
    var result = try type(0)
    for index in 1..<Swift.max(1, count) {
      let other = try type(index)
      guard other.element == result.element else {
        throw GraphError("operands are \(result.element.rawValue) and \(other.element.rawValue)")
      }
      result.shape = try Shape.broadcast(result.shape, other.shape)
    }
    return ValueType(result.element, result.shape)
  }

  /// The only element of a constant integer operand; nil where the operand is absent.
  func integer(_ index: Int) throws -> Int? {
    guard let values = try integers(index) else { return nil }
    guard values.count == 1 else {
      throw GraphError("operand \(index) has \(values.count) elements, but one is needed")
    }
    return values[0]
  }

  /// The shape of an operand of at least `rank` axes.
  func shape(_ index: Int, atLeast rank: Int) throws -> Shape {
    let shape = try shape(index)
    guard shape.rank >= rank else {
      throw GraphError("operand \(index) has shape \(shape), but at least \(rank) axes are needed")
    }
    return shape
  }
}

extension Operands {
  /// A bias, where the operator has one, is a number for each output channel.
  func checkBias(_ index: Int, channels: Int) throws {
    guard has(index) else { return }
    let bias = try shape(index, rank: 1)
    guard bias[0] == .fixed(channels) else {
      throw GraphError("the bias has shape \(bias), but [\(channels)] is needed")
    }
  }
}
