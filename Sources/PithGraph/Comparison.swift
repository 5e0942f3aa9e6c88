/// An operator that compares two operands of one type, with broadcasting; its result is bool.
public protocol Comparison: Operator {
  /// Whether the relation holds between numbers. NaN is in no relation.
  func holds<T: Comparable>(_ a: T, _ b: T) -> Bool
}

extension Comparison {
  public static var operandCount: ClosedRange<Int> { 2...2 }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwise()
    let result = ValueType(.bool, type.shape)
    guard type.shape.rank <= 1, let a = operands.contents(0), let b = operands.contents(1),
      a.count == b.count || a.count == 1 || b.count == 1
    else { return [result] }
    var contents: [Dimension] = []
    for index in 0..<Swift.max(a.count, b.count) {
      let (x, y) = (a[a.count == 1 ? 0 : index], b[b.count == 1 ? 0 : index])
      guard let holds = holds(x, y) else { return [result] }
      contents.append(.fixed(holds ? 1 : 0))
    }
    return [result.withContents(contents)]
  }

  /// Whether the relation holds between sizes, where that can be said: a name is a size, which is positive.
  private func holds(_ a: Dimension, _ b: Dimension) -> Bool? {
    switch (a, b) {
    case (.fixed(let x), .fixed(let y)): return holds(x, y)
    case (.symbolic(let x), .symbolic(let y)): return x == y ? holds(0, 0) : nil
    // All positive numbers are alike to one that is not.
    case (.symbolic, .fixed(let y)): return y <= 0 ? holds(1, y) : nil
    case (.fixed(let x), .symbolic): return x <= 0 ? holds(x, 1) : nil
    }
  }
}
