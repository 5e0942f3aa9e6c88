/// A dense tensor in row-major order, held in memory.
public struct Tensor: Sendable, Hashable {
  /// The elements, outermost axis first.
  public enum Storage: Sendable, Hashable {
    case float32([Float])
    case float64([Double])
    case int64([Int64])
    case int32([Int32])
    case int8([Int8])
    case uint8([UInt8])
    case bool([Bool])
  }

  /// The size of each axis.
  public private(set) var shape: [Int]
  public private(set) var storage: Storage

  /// - Precondition: the storage holds as many elements as the shape says.
  public init(shape: [Int], storage: Storage) {
    precondition(
      Shape.elementCount(shape) == storage.count, "a tensor of \(shape) holds \(storage.count) elements")
    self.shape = shape
    self.storage = storage
  }

  public init(shape: [Int], floats: [Float]) { self.init(shape: shape, storage: .float32(floats)) }
  public init(shape: [Int], ints: [Int]) {
    self.init(shape: shape, storage: .int64(ints.map(Int64.init)))
  }
  /// A vector.
  public init(ints: [Int]) { self.init(shape: [ints.count], ints: ints) }
  /// A scalar.
  public init(_ value: Float) { self.init(shape: [], floats: [value]) }

  public var count: Int { storage.count }
  public var rank: Int { shape.count }
  public var byteCount: Int { count * element.byteCount }

  public var element: ElementType {
    switch storage {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    case .int32: .int32
    case .int8: .int8
    case .uint8: .uint8
    case .bool: .bool
    }
  }

  public var type: ValueType {
    let type = ValueType(element, Shape(shape))
    guard rank <= 1, count <= ValueType.maximumContents else { return type }
    if case .bool(let flags) = storage { return type.withContents(flags.map { .fixed($0 ? 1 : 0) }) }
    return type.withContents(integers?.map { .fixed($0) })
  }

  /// The elements of a float32 tensor; nil for any other type.
  public var floats: [Float]? {
    if case .float32(let values) = storage { values } else { nil }
  }

  /// The elements of an integer tensor as `Int`; nil for any other type.
  public var integers: [Int]? {
    switch storage {
    case .int64(let values): values.map(Int.init)
    case .int32(let values): values.map(Int.init)
    case .int8(let values): values.map(Int.init)
    case .uint8(let values): values.map(Int.init)
    case .float32, .float64, .bool: nil
    }
  }

  /// The same elements under another shape.
  /// - Precondition: the shapes have equally many elements.
  public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, storage: storage) }

  /// Changes the elements of a float32 tensor in place.
  /// - Precondition: the tensor is float32.
  public mutating func withMutableFloats<R>(_ body: (inout [Float]) throws -> R) rethrows -> R {
    guard case .float32(var values) = storage else {
      preconditionFailure("a tensor of \(element) has no floats")
    }
    storage = .float32([])
    defer { storage = .float32(values) }
    return try body(&values)
  }

  /// The row-major strides, in elements, of a dense tensor of this shape.
  public static func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }
}

extension Tensor.Storage {
  public var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .int64(let values): values.count
    case .int32(let values): values.count
    case .int8(let values): values.count
    case .uint8(let values): values.count
    case .bool(let values): values.count
    }
  }
}
