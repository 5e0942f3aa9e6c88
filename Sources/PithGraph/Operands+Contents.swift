extension Operands {
  /// The elements of an integer vector or scalar that is computed from two others, where both are known numbers.
  func combinedContents(
    _ shape: Shape, _ combine: (Int, Int) -> (partialValue: Int, overflow: Bool)
  ) -> [Dimension]? {
    guard shape.rank <= 1, let a = contents(0), let b = contents(1),
      a.count == b.count || a.count == 1 || b.count == 1
    else { return nil }
    var result: [Dimension] = []
    for index in 0..<Swift.max(a.count, b.count) {
      guard let x = a[a.count == 1 ? 0 : index].size, let y = b[b.count == 1 ? 0 : index].size else {
        return nil
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
    case .float32, .float64, .bool: return result
    }
    if contents.allSatisfy({ $0.size.map(holds) ?? true }) { result.contents = contents }
    return result
  }
}
