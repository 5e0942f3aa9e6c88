extension Operands {
  /// The elements of an integer vector or scalar that is computed from two others, where both are
  /// known numbers, or `named` knows what to call the result.
  func combinedContents(
    _ shape: Shape, _ combine: (Int, Int) -> (partialValue: Int, overflow: Bool),
    named: (Dimension, Dimension) -> Dimension? = { _, _ in nil }
  ) -> [Dimension]? {
    guard shape.rank <= 1, let a = contents(0), let b = contents(1),
      a.count == b.count || a.count == 1 || b.count == 1
    else { return nil }
    var result: [Dimension] = []
    for index in 0..<Swift.max(a.count, b.count) {
      let (first, second) = (a[a.count == 1 ? 0 : index], b[b.count == 1 ? 0 : index])
      guard let x = first.size, let y = second.size else {
        guard let name = named(first, second) else { return nil }
        result.append(name)
        continue
      }
      let (value, overflow) = combine(x, y)
      if overflow { return nil }
      result.append(.fixed(value))
    }
    return result
  }
}

extension ValueType {
  /// Longer vectors are no shape arithmetic.
  static let maximumContents = 1024
  /// Bytes of a name that is still worth following: what a hostile graph multiplies over and over grows beyond it.
  static let maximumName = 256

  /// The same type with known elements, where it is an integer vector or scalar, they are not too many, and the type
  /// can hold them.
  func withContents(_ contents: [Dimension]?) -> ValueType {
    var result = ValueType(element, shape)
    guard let contents, contents.count <= Self.maximumContents else { return result }
    let holds: (Int) -> Bool
    switch element {
    case .int64: holds = { _ in true }
    case .int32: holds = { Int32(exactly: $0) != nil }
    case .int8: holds = { Int8(exactly: $0) != nil }
    case .uint8: holds = { UInt8(exactly: $0) != nil }
    case .bool: holds = { $0 == 0 || $0 == 1 }
    case .float32, .float64: return result
    }
    let isKept = contents.allSatisfy { element in
      switch element {
      case .fixed(let size): holds(size)
      case .symbolic(let name): name.utf8.count <= Self.maximumName
      }
    }
    if isKept { result.contents = contents }
    return result
  }
}
