extension Shape {
  /// The shape of an elementwise operation over both, by NumPy's rule: axes are aligned at the end, and an axis of 1
  /// repeats.
  public static func broadcast(_ a: Shape, _ b: Shape) throws -> Shape {
    let rank = Swift.max(a.rank, b.rank)
    func padded(_ shape: Shape) -> [Dimension] {
      Array(repeating: .fixed(1), count: rank - shape.rank) + shape.dimensions
    }
    return Shape(
      try zip(padded(a), padded(b)).map { x, y in
        if x == y || y == 1 { return x }
        if x == 1 { return y }
        // A name against a number other than 1: the number is the only size that can work.
        if case .symbolic = x, case .fixed = y { return y }
        if case .symbolic = y, case .fixed = x { return x }
        throw GraphError("shapes \(a) and \(b) do not broadcast")
      })
  }
}

extension Operands {
  /// The type of an elementwise operation over the first two operands.
  func elementwise() throws -> ValueType {
    let (a, b) = (try type(0), try type(1))
    guard a.element == b.element else {
      throw GraphError("operands are \(a.element.rawValue) and \(b.element.rawValue)")
    }
    return ValueType(a.element, try Shape.broadcast(a.shape, b.shape))
  }

  /// The type of a function of one floating-point operand.
  func floatingPoint(_ index: Int = 0) throws -> ValueType {
    let type = try type(index)
    guard type.element.isFloatingPoint else {
      throw GraphError("operand \(index) is \(type.element.rawValue), but must be floating-point")
    }
    return ValueType(type.element, type.shape)
  }
}
