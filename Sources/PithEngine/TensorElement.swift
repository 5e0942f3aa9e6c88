import PithGraph

/// A type that a tensor's elements can have: what loops over any type are generic over.
protocol TensorElement: BitwiseCopyable, Equatable, Sendable {
  static func elements(of storage: Tensor.Storage) -> [Self]?
  static func storage(_ elements: [Self]) -> Tensor.Storage
  /// 0, or false.
  static var nothing: Self { get }
}

/// A type of numbers.
protocol NumberElement: TensorElement, Comparable {
  /// The nearest double.
  var double: Double { get }
  /// The nearest number of this type, towards zero; NaN becomes 0 where the type has none.
  init(nearest value: Double)
  /// Sums, products and differences wrap around where the type has ends.
  static func sum(_ a: Self, _ b: Self) -> Self
  static func difference(_ a: Self, _ b: Self) -> Self
  static func product(_ a: Self, _ b: Self) -> Self
  /// The remainder, with the dividend's sign or the divisor's.
  static func remainder(_ a: Self, _ b: Self, truncates: Bool) -> Self
  var isNotANumber: Bool { get }
  /// The number as an integer, towards zero.
  var whole: Int64 { get }
  /// The integer, or what is left of it where it does not fit.
  init(wrapping whole: Int64)
}

extension NumberElement where Self: BinaryFloatingPoint {
  static var nothing: Self { 0 }
  var double: Double { Double(self) }
  init(nearest value: Double) { self.init(value) }
  static func sum(_ a: Self, _ b: Self) -> Self { a + b }
  static func difference(_ a: Self, _ b: Self) -> Self { a - b }
  static func product(_ a: Self, _ b: Self) -> Self { a * b }
  static func remainder(_ a: Self, _ b: Self, truncates: Bool) -> Self {
    let rest = a.truncatingRemainder(dividingBy: b)
    return !truncates && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }
  var isNotANumber: Bool { isNaN }
  var whole: Int64 { Int64(nearest: Double(self)) }
  init(wrapping whole: Int64) { self.init(whole) }
}

extension NumberElement where Self: FixedWidthInteger {
  static var nothing: Self { 0 }
  var double: Double { Double(self) }
  init(nearest value: Double) {
    if value.isNaN {
      self = 0
    } else {
      self = Self(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
    }
  }
  static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
  static func difference(_ a: Self, _ b: Self) -> Self { a &- b }
  static func product(_ a: Self, _ b: Self) -> Self { a &* b }
  /// - Precondition: b is not 0.
  static func remainder(_ a: Self, _ b: Self, truncates: Bool) -> Self {
    let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
    return !truncates && rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest
  }
  var isNotANumber: Bool { false }
  var whole: Int64 { Int64(truncatingIfNeeded: self) }
  init(wrapping whole: Int64) { self.init(truncatingIfNeeded: whole) }
}

extension Float: NumberElement {
  static func elements(of storage: Tensor.Storage) -> [Float]? {
    if case .float32(let values) = storage { values } else { nil }
  }
  static func storage(_ elements: [Float]) -> Tensor.Storage { .float32(elements) }
}

extension Double: NumberElement {
  static func elements(of storage: Tensor.Storage) -> [Double]? {
    if case .float64(let values) = storage { values } else { nil }
  }
  static func storage(_ elements: [Double]) -> Tensor.Storage { .float64(elements) }
}

extension Int64: NumberElement {
  static func elements(of storage: Tensor.Storage) -> [Int64]? {
    if case .int64(let values) = storage { values } else { nil }
  }
  static func storage(_ elements: [Int64]) -> Tensor.Storage { .int64(elements) }
}

extension Int32: NumberElement {
  static func elements(of storage: Tensor.Storage) -> [Int32]? {
    if case .int32(let values) = storage { values } else { nil }
  }
  static func storage(_ elements: [Int32]) -> Tensor.Storage { .int32(elements) }
}

extension Int8: NumberElement {
  static func elements(of storage: Tensor.Storage) -> [Int8]? {
    if case .int8(let values) = storage { values } else { nil }
  }
  static func storage(_ elements: [Int8]) -> Tensor.Storage { .int8(elements) }
}

extension UInt8: NumberElement {
  static func elements(of storage: Tensor.Storage) -> [UInt8]? {
    if case .uint8(let values) = storage { values } else { nil }
  }
  static func storage(_ elements: [UInt8]) -> Tensor.Storage { .uint8(elements) }
}

extension Bool: TensorElement {
  static func elements(of storage: Tensor.Storage) -> [Bool]? {
    if case .bool(let values) = storage { values } else { nil }
  }
  static func storage(_ elements: [Bool]) -> Tensor.Storage { .bool(elements) }
  static var nothing: Bool { false }
}

extension ElementType {
  /// The Swift type of the elements.
  var swiftType: any TensorElement.Type {
    switch self {
    case .float32: Float.self
    case .float64: Double.self
    case .int64: Int64.self
    case .int32: Int32.self
    case .int8: Int8.self
    case .uint8: UInt8.self
    case .bool: Bool.self
    }
  }

  /// The Swift type of the elements.
  /// - Throws: `GraphError` where they are not numbers.
  func numberType() throws -> any NumberElement.Type {
    guard let type = swiftType as? any NumberElement.Type else {
      throw GraphError("elements are \(rawValue), but must be numbers")
    }
    return type
  }
}

extension Tensor {
  init<T: TensorElement>(shape: [Int], elements: [T]) {
    self.init(shape: shape, storage: T.storage(elements))
  }

  /// The elements, which must be of that type.
  func elements<T: TensorElement>(_: T.Type = T.self) throws -> [T] {
    guard let elements = T.elements(of: storage) else {
      throw GraphError("an operand is \(element.rawValue), which does not fit the others")
    }
    return elements
  }

  /// The elements as doubles: numbers of any type, false and true as 0 and 1.
  func doubles() -> [Double] {
    switch storage {
    case .float32(let values): values.map(Double.init)
    case .float64(let values): values
    case .int64(let values): values.map(Double.init)
    case .int32(let values): values.map(Double.init)
    case .int8(let values): values.map(Double.init)
    case .uint8(let values): values.map(Double.init)
    case .bool(let values): values.map { $0 ? 1 : 0 }
    }
  }

  /// A tensor of the elements at those places of this one's.
  /// - Precondition: `source` returns indices of elements.
  func gathering(_ shape: [Int], _ source: (Int) -> Int) -> Tensor {
    let count = Shape.elementCount(shape) ?? 0
    func gather<T: TensorElement>(_: T.Type) -> Tensor {
      guard let values = T.elements(of: storage) else { return self }
      return Tensor(shape: shape, elements: (0..<count).map { values[source($0)] })
    }
    return gather(element.swiftType)
  }
}

/// Where the elements of a tensor are, by their places along its axes.
struct Places {
  let shape: [Int]
  let strides: [Int]

  init(_ shape: [Int]) {
    self.shape = shape
    strides = Tensor.strides(of: shape)
  }

  /// The place along an axis of the element with that index.
  func place(_ index: Int, axis: Int) -> Int { index / strides[axis] % shape[axis] }

  /// The index of the element of another tensor at the same place, given that tensor's strides.
  func index(_ index: Int, strides other: [Int]) -> Int {
    var result = 0
    for axis in shape.indices { result += place(index, axis: axis) * other[axis] }
    return result
  }
}
