import PithGraph

/// The four elementwise operations of two operands, with broadcasting.
enum Arithmetic {
  case add, subtract, multiply, divide

  /// - Parameters:
  ///   - inputs: two tensors of one type; one that has the output's shape may be written over.
  ///   - shape: what their shapes broadcast to.
  func evaluate(_ inputs: inout [Tensor?], shape: [Int]) throws -> Tensor {
    var a = try inputs.take(0)
    var b = try inputs.take(1)
    // One operand becomes the output; where neither has its shape, a copy of the first that has.
    let reversed = a.shape != shape && b.shape == shape
    if reversed { swap(&a, &b) }
    if a.shape != shape { a = a.broadcast(to: shape) }
    let loop = BroadcastLoop(shape, strides: b.broadcastStrides(to: shape))
    switch (consume a).storage {
    case .float32(var values):
      try update(&values, b.floats, loop, reversed)
      return Tensor(shape: shape, floats: values)
    case .float64(var values):
      if case .float64(let other) = b.storage { try update(&values, other, loop, reversed) }
      return Tensor(shape: shape, storage: .float64(values))
    case .int64(var values):
      if case .int64(let other) = b.storage { try update(&values, other, loop, reversed) }
      return Tensor(shape: shape, storage: .int64(values))
    case .int32(var values):
      if case .int32(let other) = b.storage { try update(&values, other, loop, reversed) }
      return Tensor(shape: shape, storage: .int32(values))
    case .int8(var values):
      if case .int8(let other) = b.storage { try update(&values, other, loop, reversed) }
      return Tensor(shape: shape, storage: .int8(values))
    case .uint8(var values):
      if case .uint8(let other) = b.storage { try update(&values, other, loop, reversed) }
      return Tensor(shape: shape, storage: .uint8(values))
    case .bool: throw GraphError("arithmetic on bool is not defined")
    }
  }

  private func update<T: BinaryFloatingPoint>(
    _ values: inout [T], _ other: [T]?, _ loop: BroadcastLoop, _ reversed: Bool
  ) throws {
    guard let other else { throw GraphError("the operands differ in type") }
    switch self {
    case .add: loop.update(&values, other) { $0 + $1 }
    case .multiply: loop.update(&values, other) { $0 * $1 }
    case .subtract where reversed: loop.update(&values, other) { $1 - $0 }
    case .subtract: loop.update(&values, other) { $0 - $1 }
    case .divide where reversed: loop.update(&values, other) { $1 / $0 }
    case .divide: loop.update(&values, other) { $0 / $1 }
    }
  }

  /// Integers wrap around; a division by zero is an error.
  private func update<T: FixedWidthInteger>(
    _ values: inout [T], _ other: [T], _ loop: BroadcastLoop, _ reversed: Bool
  ) throws {
    if self == .divide, (reversed ? values : other).contains(0) {
      throw GraphError("an integer is divided by zero")
    }
    switch self {
    case .add: loop.update(&values, other) { $0 &+ $1 }
    case .multiply: loop.update(&values, other) { $0 &* $1 }
    case .subtract where reversed: loop.update(&values, other) { $1 &- $0 }
    case .subtract: loop.update(&values, other) { $0 &- $1 }
    case .divide where reversed:
      loop.update(&values, other) { $1.dividedReportingOverflow(by: $0).partialValue }
    case .divide: loop.update(&values, other) { $0.dividedReportingOverflow(by: $1).partialValue }
    }
  }
}

/// The loop over a dense tensor beside one that repeats.
struct BroadcastLoop {
  /// Rows of the dense tensor, and where the other's begin: an axis each, outermost first.
  private var outer: [(size: Int, stride: Int)] = []
  private var inner: (size: Int, stride: Int) = (1, 0)

  init(_ shape: [Int], strides: [Int]) {
    for (size, stride) in zip(shape, strides) where size != 1 {
      if let last = outer.last, last.stride == size * stride {
        outer[outer.count - 1] = (last.size * size, stride)
      } else {
        outer.append((size, stride))
      }
    }
    if let last = outer.popLast() { inner = last }
  }

  /// values = combine(values, other) for each element.
  @inline(__always)
  func update<T>(_ values: inout [T], _ other: [T], _ combine: (T, T) -> T) {
    values.withUnsafeMutableBufferPointer { values in
      other.withUnsafeBufferPointer { other in
        guard let target = values.baseAddress, let source = other.baseAddress, values.count > 0 else {
          return
        }
        // One long row is cut; of many rows, each task takes some.
        let rows = outer.reduce(1) { $0 * $1.size }
        let pieces = rows == 1 ? inner.size : rows
        let grain = rows == 1 ? elementwiseGrain : max(1, elementwiseGrain / inner.size)
        Parallelism.forEachRange(pieces, grain: grain) { range in
          if rows == 1 {
            Self.updateRow(
              target + range.lowerBound, source + range.lowerBound * inner.stride, range.count, inner.stride,
              combine)
          } else {
            for row in range {
              Self.updateRow(
                target + row * inner.size, source + start(of: row), inner.size, inner.stride, combine)
            }
          }
        }
      }
    }
  }

  private func start(of row: Int) -> Int {
    var (rest, offset) = (row, 0)
    for axis in outer.reversed() {
      let (quotient, position) = rest.quotientAndRemainder(dividingBy: axis.size)
      offset += position * axis.stride
      rest = quotient
    }
    return offset
  }

  @inline(__always)
  private static func updateRow<T>(
    _ target: UnsafeMutablePointer<T>, _ source: UnsafePointer<T>, _ count: Int, _ stride: Int,
    _ combine: (T, T) -> T
  ) {
    switch stride {
    case 0:
      let value = source[0]
      for index in 0..<count { target[index] = combine(target[index], value) }
    case 1: for index in 0..<count { target[index] = combine(target[index], source[index]) }
    default: for index in 0..<count { target[index] = combine(target[index], source[index &* stride]) }
    }
  }
}
