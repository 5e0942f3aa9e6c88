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
  /// The same type with known elements, where it is an integer vector or scalar.
  func withContents(_ contents: [Dimension]?) -> ValueType {
    ValueType(element, shape, contents: element.isFloatingPoint ? nil : contents)
  }
}
