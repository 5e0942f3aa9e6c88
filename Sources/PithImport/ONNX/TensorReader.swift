import COnnx
import PithGraph

/// Makes tensors of `TensorProto`s: each is checked against the bytes that are there before memory is taken for it.
struct TensorReader {
  /// The folder of the model, for external data.
  var directory: String?
  /// Bytes that all tensors together may take.
  var byteLimit: Int
  private(set) var byteCount = 0

  init(directory: String?, byteLimit: Int) {
    self.directory = directory
    self.byteLimit = byteLimit
  }

  /// Where the elements are, little-endian.
  private enum Source {
    case memory(UnsafeRawBufferPointer)
    case file(ExternalData)
    /// In the typed fields of the message.
    case fields
  }

  /// Reads a tensor whose message is `bytes`: `raw_data` is taken from there without going through protobuf-c.
  mutating func tensor(_ bytes: UnsafeRawBufferPointer) throws -> Tensor {
    var rest: [UInt8] = []
    var raw: UnsafeRawBufferPointer?
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      if field.number == 9, field.encoding == .bytes { raw = field.payload } else { rest += field.whole }
    }
    let message = try rest.withUnsafeBytes {
      try ProtobufMessage(onnx__tensor_proto__unpack, $0)
    }
    return try message.read { try tensor($0.pointee, raw: raw) }
  }

  /// Reads a tensor.
  /// - Parameter raw: its `raw_data`, where that is not in the message.
  mutating func tensor(_ proto: Onnx__TensorProto, raw: UnsafeRawBufferPointer? = nil) throws -> Tensor {
    let dims = UnsafeBufferPointer(start: proto.dims, count: proto.n_dims)
    guard dims.count <= ImportLimits.rank else {
      throw GraphError("it has \(dims.count) axes, more than \(ImportLimits.rank)")
    }
    let shape = dims.map { Int($0) }
    guard let count = Shape.elementCount(shape) else {
      throw GraphError("its shape \(shape) is impossible; the file is damaged")
    }
    guard proto.has_segment == 0 else { throw GraphError("it is stored in segments, which is not supported") }
    let element = try ONNXDataType.element(proto.data_type)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: element.byteCount)
    guard !overflow, bytes <= byteLimit - byteCount else {
      throw GraphError("its shape \(shape) takes the weights beyond the limit of \(byteLimit) bytes")
    }
    byteCount += bytes
    let source: Source
    if proto.has_data_location != 0, proto.data_location == 1 {
      let entries = UnsafeBufferPointer(start: proto.external_data, count: proto.n_external_data)
      source = .file(
        try ExternalData(
          entries.compactMap { $0?.pointee }.map { (String(field: $0.key), String(field: $0.value)) }))
    } else if let raw {
      source = .memory(raw)
    } else if proto.has_raw_data != 0 {
      source = .memory(UnsafeRawBufferPointer(start: proto.raw_data.data, count: proto.raw_data.len))
    } else {
      source = .fields
    }
    guard let type = ONNXDataType(rawValue: proto.data_type) else { throw GraphError("its type is unknown") }
    return Tensor(shape: shape, storage: try storage(type, count, proto, source))
  }

  private func storage(
    _ type: ONNXDataType, _ count: Int, _ proto: Onnx__TensorProto, _ source: Source
  ) throws -> Tensor.Storage {
    func int32<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws -> [T] {
      try elements(count, source, proto.int32_data, proto.n_int32_data) { try TensorReader.exact($0) }
    }
    switch type {
    case .float:
      return .float32(try elements(count, source, proto.float_data, proto.n_float_data) { $0 })
    case .double:
      let values: [Double] = try elements(count, source, proto.double_data, proto.n_double_data) { $0 }
      return .float32(values.map { Float($0) })
    case .float16, .bfloat16:
      let bits: [UInt16] = try elements(count, source, proto.int32_data, proto.n_int32_data) {
        UInt16(truncatingIfNeeded: $0)
      }
      return .float32(
        type == .float16
          ? bits.map { Float(Float16(bitPattern: $0)) } : bits.map { Float(bitPattern: UInt32($0) << 16) })
    case .int8: return .int8(try int32(Int8.self))
    case .uint8: return .uint8(try int32(UInt8.self))
    case .int16: return .int32(try int32(Int16.self).map { Int32($0) })
    case .uint16: return .int32(try int32(UInt16.self).map { Int32($0) })
    case .int32: return .int32(try int32(Int32.self))
    case .bool: return .bool(try int32(UInt8.self).map { $0 != 0 })
    case .int64: return .int64(try elements(count, source, proto.int64_data, proto.n_int64_data) { $0 })
    case .uint32:
      let values: [UInt32] = try elements(count, source, proto.uint64_data, proto.n_uint64_data) {
        try TensorReader.exact($0)
      }
      return .int64(values.map { Int64($0) })
    case .uint64:
      let values: [UInt64] = try elements(count, source, proto.uint64_data, proto.n_uint64_data) { $0 }
      return .int64(try values.map { try TensorReader.exact($0) })
    case .string, .complex64, .complex128, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
      .uint4,
      .int4, .float4e2m1:
      throw GraphError("elements of type \(type) are not supported; export the model in float32")
    }
  }

  /// The elements from wherever they are; those in the message's field are converted.
  private func elements<Field, Element: BitwiseCopyable>(
    _ count: Int, _ source: Source, _ field: UnsafePointer<Field>?, _ fieldCount: Int,
    _ convert: (Field) throws -> Element
  ) throws -> [Element] {
    let needed = count * MemoryLayout<Element>.stride
    func filled(_ body: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows -> [Element] {
      try [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        try body(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
        initialized = count
      }
    }
    switch source {
    case .memory(let raw):
      guard raw.count == needed else {
        throw GraphError("it needs \(needed) bytes, but has \(raw.count); the file is damaged")
      }
      return filled { $0.copyMemory(from: raw) }
    case .file(let external):
      try external.check(count: needed, directory: directory)
      return try filled { try external.read(into: $0, directory: directory) }
    case .fields:
      guard fieldCount == count else {
        throw GraphError("it needs \(count) elements, but has \(fieldCount); the file is damaged")
      }
      return try UnsafeBufferPointer(start: field, count: fieldCount).map(convert)
    }
  }

  private static func exact<T: FixedWidthInteger>(_ value: some BinaryInteger) throws -> T {
    guard let exact = T(exactly: value) else {
      throw GraphError("its element \(value) does not fit \(T.self)")
    }
    return exact
  }
}
