/// Cuts a tensor into parts along one axis. Operands: data, and optionally the sizes of the parts.
public struct Split: Operator {
  public static let name = "Split"
  public static let operandCount = 1...2

  public var axis: Int
  /// How many parts there are, an output each. Without sizes they are equal; where that does not come out even, the
  /// last is smaller.
  public var partCount: Int

  public init(axis: Int = 0, partCount: Int) {
    self.axis = axis
    self.partCount = partCount
  }

  /// The size of each part of an axis.
  /// - Parameter listed: the sizes that the second operand gives.
  /// - Throws: `GraphError` where they do not fit the axis.
  public func sizes(_ listed: [Int]?, of size: Int?) throws -> [Int] {
    guard partCount > 0, partCount <= 4096 else {
      throw GraphError("it has \(partCount) parts, but there must be from 1 to 4096")
    }
    if let listed {
      var total = 0
      for size in listed {
        let (sum, overflow) = total.addingReportingOverflow(size)
        guard size >= 0, !overflow else { throw GraphError("a part cannot have the size \(size)") }
        total = sum
      }
      guard listed.count == partCount, size == nil || size == total else {
        throw GraphError(
          "parts of \(listed) do not cut an axis of \(size.map(String.init) ?? "unknown size") into \(partCount)"
        )
      }
      return listed
    }
    guard let size else { throw GraphError("axis \(axis) is split, but its size is not known") }
    let part = (size + partCount - 1) / partCount
    let last = size - part * (partCount - 1)
    guard last >= 0 else { throw GraphError("an axis of \(size) cannot be split into \(partCount) parts") }
    return Array(repeating: part, count: partCount - 1) + [last]
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let axis = try Operands.axis(axis, rank: type.shape.rank)
    if partCount == 1, !operands.has(1) { return [type] }
    var start = 0
    return try sizes(try operands.integers(1), of: type.shape[axis].size).map { size in
      var shape = type.shape
      shape[axis] = .fixed(size)
      defer { start += size }
      let elements = shape.rank == 1 ? operands.contents(0) : nil
      let contents = elements.flatMap { $0.count >= start + size ? Array($0[start..<start + size]) : nil }
      return ValueType(type.element, shape).withContents(contents)
    }
  }
}
