import PithGraph

/// Turns the bytes of a TFLite file's tensors into tensors of the graph.
///
/// Integers that mean reals become these, real = (q − zero) · scale, computed in fp32 with one rounding.
struct TFLiteTensorReader {
  /// Bytes that all tensors may still take: in proportion to the file, where many tensors may name one buffer.
  private var budget: Int

  init(_ file: TFLiteFile, fileBytes: Int) {
    budget = TFLiteTensorReader.leastBudget + TFLiteTensorReader.growth * Swift.min(fileBytes, 1 << 40)
    self.file = file
  }

  private let file: TFLiteFile
  private static let leastBudget = 16 << 20
  /// From 4-bit integers to fp32 is a factor of 8.
  private static let growth = 16

  /// The elements as they are stored.
  /// - Returns: nil where the file holds none: the tensor is computed, or state.
  mutating func stored(_ index: Int) throws -> Tensor? {
    let tensor = file.tensors[index]
    if tensor.buffer == 0 { return tensor.shape.contains(0) ? try empty(tensor) : nil }
    guard let bytes = try file.contents(ofBuffer: tensor.buffer) else {
      return tensor.shape.contains(0) ? try empty(tensor) : nil
    }
    guard !tensor.isSparse else {
      throw GraphError(
        "tensor '\(tensor.name.printable())' is stored sparsely, which is not supported; convert the model without sparsity"
      )
    }
    guard let count = Shape.elementCount(tensor.shape), let bits = tensor.element.bits,
      tensor.element.element != nil
    else {
      throw GraphError(
        "tensor '\(tensor.name.printable())' has elements of type \(tensor.element.name), which are not supported"
      )
    }
    let (total, overflow) = count.multipliedReportingOverflow(by: bits)
    let needed = total / 8 + (total % 8 == 0 ? 0 : 1)
    guard !overflow, needed == bytes.count else {
      throw GraphError(
        "tensor '\(tensor.name.printable())' of shape \(tensor.shape) needs \(overflow ? "more than the file's" : "\(needed)") bytes, but has \(bytes.count); the file is damaged"
      )
    }
    try take(4 * count)
    return Tensor(shape: tensor.shape, storage: try storage(bytes, tensor.element, count))
  }

  /// The elements as reals.
  mutating func reals(_ index: Int) throws -> Tensor? {
    guard let stored = try stored(index) else { return nil }
    let tensor = file.tensors[index]
    guard stored.floats == nil, let quantization = tensor.quantization, tensor.element.isInteger,
      let integers = stored.integers
    else { return stored }
    try take(4 * integers.count)
    return Tensor(
      shape: stored.shape, floats: try quantization.reals(integers, shape: stored.shape))
  }

  private mutating func take(_ bytes: Int) throws {
    guard bytes <= budget else {
      throw GraphError("its tensors take far more memory than the file holds; export or download it again")
    }
    budget -= bytes
  }

  private func empty(_ tensor: TFLiteTensor) throws -> Tensor {
    guard let count = Shape.elementCount(tensor.shape), count == 0 else { throw FlatBuffer.damage }
    switch tensor.element.element {
    case .int32?: return Tensor(shape: tensor.shape, storage: .int32([]))
    case .int64?: return Tensor(shape: tensor.shape, storage: .int64([]))
    default: return Tensor(shape: tensor.shape, floats: [])
    }
  }

  private func storage(
    _ bytes: UnsafeRawBufferPointer, _ element: TFLiteElement, _ count: Int
  ) throws -> Tensor.Storage {
    func all<T: BitwiseCopyable>(_: T.Type) -> [T] {
      [T](unsafeUninitializedCapacity: count) { target, initialized in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
        initialized = count
      }
    }
    /// Elements of less than a byte, the first in the lowest bits.
    func packed(_ bits: Int) -> [UInt8] {
      let perByte = 8 / bits
      return (0..<count).map { bytes[$0 / perByte] >> UInt8(bits * ($0 % perByte)) & UInt8(1 << bits - 1) }
    }
    switch element {
    case .float32: return .float32(all(Float.self))
    case .float64: return .float32(all(Double.self).map { Float($0) })
    case .float16: return .float32(all(UInt16.self).map { Float(Float16(bitPattern: $0)) })
    case .bfloat16: return .float32(all(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .int8: return .int8(all(Int8.self))
    case .uint8: return .uint8(all(UInt8.self))
    case .bool: return .bool(all(UInt8.self).map { $0 != 0 })
    case .int16: return .int32(all(Int16.self).map { Int32($0) })
    case .uint16: return .int32(all(UInt16.self).map { Int32($0) })
    case .int32: return .int32(all(Int32.self))
    case .uint32: return .int64(all(UInt32.self).map { Int64($0) })
    case .int64: return .int64(all(Int64.self))
    case .uint64:
      return .int64(
        try all(UInt64.self).map {
          guard let value = Int64(exactly: $0) else {
            throw GraphError("the number \($0) does not fit 64 bits")
          }
          return value
        })
    case .int4: return .int8(packed(4).map { Int8(bitPattern: $0 << 4) >> 4 })
    case .int2: return .int8(packed(2).map { Int8(bitPattern: $0 << 6) >> 6 })
    case .uint4: return .uint8(packed(4))
    case .string, .complex64, .complex128, .resource, .variant:
      throw GraphError("elements of type \(element.name) are not supported")
    }
  }
}

extension TFLiteQuantization {
  /// What integers mean.
  /// - Throws: where the scales do not fit the shape.
  func reals(_ integers: [Int], shape: [Int]) throws -> [Float] {
    if isPerTensor { return integers.map { Float(Double($0 - zeroPoints[0]) * Double(scales[0])) } }
    guard shape.indices.contains(axis), shape[axis] == scales.count else {
      throw GraphError("\(scales.count) scales do not fit axis \(axis) of \(shape)")
    }
    let inner = shape[(axis + 1)...].reduce(1, *)
    return integers.indices.map { index in
      let channel = index / inner % scales.count
      return Float(Double(integers[index] - zeroPoints[channel]) * Double(scales[channel]))
    }
  }
}
