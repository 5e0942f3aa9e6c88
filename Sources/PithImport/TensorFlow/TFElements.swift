import PithGraph

/// Elements as TensorFlow stores them, little-endian, turned into those that Pith has.
enum TFElements {
  /// The storage of `count` elements of a type, which `bytes` must hold exactly.
  /// - Throws: `GraphError` where the type is not supported or a number does not fit.
  static func storage(_ type: TFDataType, _ count: Int, _ bytes: UnsafeRawBufferPointer) throws
    -> Tensor.Storage
  {
    guard let width = type.storedByteCount, type.element != nil else {
      throw GraphError("elements of type \(type) are not supported; export the model with float32 tensors")
    }
    let (needed, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, bytes.count == needed else {
      throw GraphError("\(count) elements do not fill its \(bytes.count) bytes; the file is damaged")
    }
    func load<T: BitwiseCopyable>(_: T.Type) -> [T] {
      [T](unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])).copyMemory(
          from: bytes)
        initialized = count
      }
    }
    switch type {
    case .float: return .float32(load(Float.self))
    case .double: return .float32(load(Double.self).map { Float($0) })
    case .half: return .float32(load(UInt16.self).map { Float(Float16(bitPattern: $0)) })
    case .bfloat16: return .float32(load(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .int8: return .int8(load(Int8.self))
    case .uint8: return .uint8(load(UInt8.self))
    case .bool: return .bool(load(UInt8.self).map { $0 != 0 })
    case .int16: return .int64(load(Int16.self).map { Int64($0) })
    case .uint16: return .int64(load(UInt16.self).map { Int64($0) })
    case .int32: return .int64(load(Int32.self).map { Int64($0) })
    case .uint32: return .int64(load(UInt32.self).map { Int64($0) })
    case .int64: return .int64(load(Int64.self))
    case .uint64: return .int64(try load(UInt64.self).map { try exact($0) })
    case .string, .complex64, .complex128, .qint8, .quint8, .qint32, .qint16, .quint16, .resource, .variant,
      .float8e5m2, .float8e4m3fn:
      throw GraphError("elements of type \(type) are not supported")
    }
  }

  static func exact<T: FixedWidthInteger>(_ value: some BinaryInteger) throws -> T {
    guard let exact = T(exactly: value) else {
      throw GraphError("its element \(value) does not fit \(T.self)")
    }
    return exact
  }
}
