import PithGraph

extension Tensor {
  /// Lends the elements as bytes.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch storage {
    case .float32(let values): try values.withUnsafeBytes(body)
    case .float64(let values): try values.withUnsafeBytes(body)
    case .int64(let values): try values.withUnsafeBytes(body)
    case .int32(let values): try values.withUnsafeBytes(body)
    case .int8(let values): try values.withUnsafeBytes(body)
    case .uint8(let values): try values.withUnsafeBytes(body)
    case .bool(let values): try values.withUnsafeBytes(body)
    }
  }

  /// A tensor whose elements `body` copies, every one, from tensors of the same type.
  static func moving(
    _ element: ElementType, _ shape: [Int], _ body: (UnsafeMutableRawPointer) -> Void
  ) -> Tensor {
    let count = Shape.elementCount(shape) ?? 0
    func array<T>(_: T.Type) -> [T] {
      [T](unsafeUninitializedCapacity: count) { buffer, initialized in
        if count > 0, let base = buffer.baseAddress { body(UnsafeMutableRawPointer(base)) }
        initialized = count
      }
    }
    let storage: Storage =
      switch element {
      case .float32: .float32(array(Float.self))
      case .float64: .float64(array(Double.self))
      case .int64: .int64(array(Int64.self))
      case .int32: .int32(array(Int32.self))
      case .int8: .int8(array(Int8.self))
      case .uint8: .uint8(array(UInt8.self))
      case .bool: .bool(array(Bool.self))
      }
    return Tensor(shape: shape, storage: storage)
  }

  /// A scalar of which every byte is zero.
  static func zero(_ element: ElementType) -> Tensor {
    moving(element, []) { $0.initializeMemory(as: UInt8.self, repeating: 0, count: element.byteCount) }
  }

  /// The slices of an axis that `index` picks, in that order.
  /// - Precondition: `index` returns indices of that axis.
  func picking(axis: Int, count: Int, _ index: (Int) -> Int) -> Tensor {
    var result = shape
    result[axis] = count
    let block = shape[(axis + 1)...].reduce(1, *) * element.byteCount
    let outer = shape[..<axis].reduce(1, *)
    return withBytes { source in
      Tensor.moving(element, result) { target in
        guard let base = source.baseAddress else { return }
        for outer in 0..<outer {
          for position in 0..<count {
            (target + (outer * count + position) * block).copyMemory(
              from: base + (outer * shape[axis] + index(position)) * block, byteCount: block)
          }
        }
      }
    }
  }

  /// The elements in another order or with repetitions: axis i of the result steps through the elements by `strides[i]`.
  /// - Precondition: all of it is inside.
  func restrided(_ shape: [Int], start: Int = 0, strides: [Int]) -> Tensor {
    withBytes { source in
      Tensor.moving(element, shape) { target in
        guard let base = source.baseAddress else { return }
        StridedCopy(
          sizes: shape, sourceStart: start, sourceStrides: strides, targetStart: 0,
          targetStrides: Tensor.strides(of: shape)
        ).run(base, target, element.byteCount)
      }
    }
  }

  /// The tensor repeated to a shape that it broadcasts to.
  func broadcast(to shape: [Int]) -> Tensor {
    self.shape == shape ? self : restrided(shape, strides: broadcastStrides(to: shape))
  }

  /// The strides of the tensor as if it had that shape: 0 along axes that repeat.
  func broadcastStrides(to shape: [Int]) -> [Int] {
    let padding = shape.count - rank
    let strides = Tensor.strides(of: self.shape)
    return shape.indices.map { axis in
      axis < padding || self.shape[axis - padding] == 1 ? 0 : strides[axis - padding]
    }
  }
}

/// A copy of a box of elements, out of one tensor and into another, each with strides of its own.
struct StridedCopy {
  private struct Axis {
    var size: Int
    var source: Int
    var target: Int
  }

  private var axes: [Axis]
  private let sourceStart: Int
  private let targetStart: Int

  /// All in elements.
  init(sizes: [Int], sourceStart: Int, sourceStrides: [Int], targetStart: Int, targetStrides: [Int]) {
    self.sourceStart = sourceStart
    self.targetStart = targetStart
    axes = []
    for index in sizes.indices where sizes[index] != 1 {
      let axis = Axis(size: sizes[index], source: sourceStrides[index], target: targetStrides[index])
      // Two axes are one where a step of the outer is as long as all steps of the inner.
      if let last = axes.last, last.source == axis.source * axis.size, last.target == axis.target * axis.size
      {
        axes[axes.count - 1] = Axis(size: last.size * axis.size, source: axis.source, target: axis.target)
      } else {
        axes.append(axis)
      }
    }
  }

  func run(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ elementSize: Int) {
    switch elementSize {
    case 1: run(source, target, as: UInt8.self)
    case 4: run(source, target, as: UInt32.self)
    default: run(source, target, as: UInt64.self)
    }
  }

  private func run<T>(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, as: T.Type) {
    // Elements of one size are moved as integers of that size, whatever they are.
    let from = source.assumingMemoryBound(to: T.self) + sourceStart
    let to = target.assumingMemoryBound(to: T.self) + targetStart
    guard axes.allSatisfy({ $0.size > 0 }) else { return }
    let inner = axes.last ?? Axis(size: 1, source: 1, target: 1)
    let outer = axes.dropLast()
    let rows = outer.reduce(1) { $0 * $1.size }
    Parallelism.forEachRange(rows, grain: max(1, elementwiseGrain / inner.size)) { range in
      for row in range {
        var (rest, a, b) = (row, 0, 0)
        for axis in outer.reversed() {
          let (quotient, position) = rest.quotientAndRemainder(dividingBy: axis.size)
          a += position * axis.source
          b += position * axis.target
          rest = quotient
        }
        Self.copy(from + a, inner.source, to + b, inner.target, inner.size)
      }
    }
  }

  @inline(__always)
  private static func copy<T>(
    _ source: UnsafePointer<T>, _ sourceStride: Int, _ target: UnsafeMutablePointer<T>, _ targetStride: Int,
    _ count: Int
  ) {
    if sourceStride == 1, targetStride == 1 {
      target.update(from: source, count: count)
    } else if targetStride == 1 {
      for index in 0..<count { target[index] = source[index &* sourceStride] }
    } else {
      for index in 0..<count { target[index &* targetStride] = source[index &* sourceStride] }
    }
  }
}
