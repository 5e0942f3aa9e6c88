import PithGraph

/// A tensor in a message (`TensorProto`): checked against the bytes that are there before memory is taken for it.
struct TFTensor {
  private(set) var type = TFDataType.float
  private(set) var shape: [Int] = []
  private(set) var count = 1
  /// All elements, little-endian; nil where they stand in typed fields.
  private var content: UnsafeRawBufferPointer?
  /// The typed fields that hold elements, in order.
  private var fields: [WireReader.Field] = []

  /// - Throws: `GraphError` where the message is no tensor of a type and shape that make sense.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var number = 1
    var sizes: [Int] = []
    var content: UnsafeRawBufferPointer?
    var fields: [WireReader.Field] = []
    try WireReader.forEach(in: bytes) { field in
      switch (field.number, field.encoding) {
      case (1, .varint): number = field.int
      case (2, .bytes): sizes = try TFShape(field.payload).known()
      case (4, .bytes): if !field.payload.isEmpty { content = field.payload }
      case (5...8, _), (10, _), (11, _), (13, _), (16, _), (17, _): fields.append(field)
      default: break
      }
    }
    guard let count = Shape.elementCount(sizes), count <= ImportLimits.elements else {
      throw GraphError("its shape \(sizes) is more than \(ImportLimits.elements) elements")
    }
    type = try TFDataType(number: number)
    (shape, self.count, self.content, self.fields) = (sizes, count, content, fields)
  }

  /// How many elements come from fewer: the last that is written counts for all behind it.
  var repeatedCount: Int { content == nil ? count - Swift.min(count, writtenCount) : 0 }

  /// The elements as a tensor.
  /// - Throws: `GraphError` where the type is not supported or the elements do not fit the shape.
  func tensor() throws -> Tensor {
    if let content {
      return Tensor(shape: shape, storage: try TFElements.storage(type, count, content))
    }
    _ = try type.supported()
    switch type {
    case .float:
      let bits = try fields(5).flatMap { try $0.fixed(UInt32.self) }
      return Tensor(shape: shape, storage: .float32(try filled(bits.map { Float(bitPattern: $0) }, 0)))
    case .double:
      let bits = try fields(6).flatMap { try $0.fixed(UInt64.self) }
      return Tensor(
        shape: shape, storage: .float32(try filled(bits.map { Float(Double(bitPattern: $0)) }, 0)))
    case .half, .bfloat16:
      let bits = try ints(13).map { UInt16(truncatingIfNeeded: $0) }
      let values = bits.map {
        type == .half ? Float(Float16(bitPattern: $0)) : Float(bitPattern: UInt32($0) << 16)
      }
      return Tensor(shape: shape, storage: .float32(try filled(values, 0)))
    case .int8: return Tensor(shape: shape, storage: .int8(try exact(7)))
    case .uint8: return Tensor(shape: shape, storage: .uint8(try exact(7)))
    case .int16, .uint16, .int32: return Tensor(shape: shape, storage: .int64(try exact(7)))
    case .int64: return Tensor(shape: shape, storage: .int64(try exact(10)))
    case .uint32: return Tensor(shape: shape, storage: .int64(try exact(16)))
    case .uint64:
      let values: [Int64] = try exact(17)
      guard values.allSatisfy({ $0 >= 0 }) else { throw GraphError("an element does not fit Int64") }
      return Tensor(shape: shape, storage: .int64(values))
    case .bool: return Tensor(shape: shape, storage: .bool(try filled(try ints(11).map { $0 != 0 }, false)))
    case .string, .complex64, .complex128, .qint8, .quint8, .qint32, .qint16, .quint16, .resource, .variant,
      .float8e5m2, .float8e4m3fn:
      throw GraphError("elements of type \(type) are not supported")
    }
  }

  /// The elements of a tensor of text.
  /// - Throws: `GraphError` where it is not one, or not complete.
  func strings() throws -> [String] {
    guard type == .string else { throw GraphError("it holds \(type) where text belongs") }
    let texts = fields(8).map(\.text)
    guard texts.count == count else {
      throw GraphError("it needs \(count) texts, but has \(texts.count); the file is damaged")
    }
    return texts
  }

  private func fields(_ number: Int) -> [WireReader.Field] { fields.filter { $0.number == number } }

  private func ints(_ number: Int) throws -> [Int] {
    try fields(number).flatMap { try $0.ints(limit: ImportLimits.elements) }
  }

  private func exact<T: FixedWidthInteger>(_ number: Int) throws -> [T] {
    try filled(try ints(number).map { try TFElements.exact($0) }, 0)
  }

  /// How many elements stand in the typed fields.
  private var writtenCount: Int {
    fields.reduce(0) { total, field in
      guard field.encoding == .bytes else { return total + 1 }
      switch field.number {
      case 5: return total + field.payload.count / 4
      case 6: return total + field.payload.count / 8
      default: return total + field.payload.reduce(0) { $0 + ($1 < 0x80 ? 1 : 0) }
      }
    }
  }

  /// The elements, the last repeated to the end; where none is written, all are the type's zero.
  private func filled<T>(_ values: [T], _ zero: T) throws -> [T] {
    guard values.count <= count else {
      throw GraphError("it has \(values.count) elements for a shape of \(count); the file is damaged")
    }
    return values + Array(repeating: values.last ?? zero, count: count - values.count)
  }
}
