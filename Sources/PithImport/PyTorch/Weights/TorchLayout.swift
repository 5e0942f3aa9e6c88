import PithGraph

/// How a tensor of PyTorch lies in its storage: which elements, in which order.
struct TorchLayout: Sendable {
  var type: TorchScalarType
  var sizes: [Int]
  /// In elements; nil where the elements are in row-major order.
  var strides: [Int]?
  /// In elements.
  var offset = 0

  /// Makes the tensor.
  /// - Parameters:
  ///   - storage: the bytes that the tensor is a view of.
  ///   - isBigEndian: whether the bytes of each element are so.
  /// - Throws: `GraphError` where the view leaves the storage.
  func tensor(_ storage: UnsafeRawBufferPointer, isBigEndian: Bool = false) throws -> Tensor {
    _ = try type.element()
    let count = try elementCount()
    let available = storage.count / type.byteCount
    guard let last = try lastIndex(count), last < available else {
      throw GraphError(
        "its shape \(sizes) reaches beyond the \(storage.count) bytes of its storage; the file is damaged")
    }
    // Axes of stride 0 repeat elements: a few bytes must not become gigabytes.
    guard count <= available || count <= ImportLimits.filledElements else {
      throw GraphError("its shape \(sizes) repeats the \(available) elements of its storage too often")
    }
    return Tensor(shape: sizes, storage: try elements(storage, count, isBigEndian))
  }

  /// The elements of the tensor.
  /// - Throws: `GraphError` where the sizes are impossible.
  func elementCount() throws -> Int {
    guard sizes.count <= ImportLimits.rank else {
      throw GraphError("it has \(sizes.count) axes, more than \(ImportLimits.rank)")
    }
    guard let count = Shape.elementCount(sizes), count <= ImportLimits.elements else {
      throw GraphError("its shape \(sizes) is impossible or too large; is the file damaged?")
    }
    return count
  }

  /// The largest index into the storage, -1 for an empty tensor; nil where it overflows.
  private func lastIndex(_ count: Int) throws -> Int? {
    if let strides, strides.count != sizes.count || strides.contains(where: { $0 < 0 }) {
      throw GraphError("its strides \(strides) do not fit its shape \(sizes); the file is damaged")
    }
    guard offset >= 0 else { return nil }
    if count == 0 { return -1 }
    var last = offset
    for (size, stride) in zip(sizes, strides ?? Tensor.strides(of: sizes)) {
      let (step, overflow) = stride.multipliedReportingOverflow(by: size - 1)
      let (sum, overflow2) = last.addingReportingOverflow(step)
      if overflow || overflow2 { return nil }
      last = sum
    }
    return last
  }

  private func elements(
    _ storage: UnsafeRawBufferPointer, _ count: Int, _ isBigEndian: Bool
  ) throws -> Tensor.Storage {
    func bits<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> [T] {
      let raw = gathered(storage, count, as: T.self)
      return isBigEndian ? raw.map(\.byteSwapped) : raw
    }
    switch type {
    case .float32:
      if !isBigEndian { return .float32(gathered(storage, count, as: Float.self)) }
      return .float32(bits(UInt32.self).map { Float(bitPattern: $0) })
    case .float64: return .float32(bits(UInt64.self).map { Float(Double(bitPattern: $0)) })
    case .float16: return .float32(bits(UInt16.self).map { Float(Float16(bitPattern: $0)) })
    case .bfloat16: return .float32(bits(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .uint8: return .uint8(bits(UInt8.self))
    case .int8: return .int8(bits(Int8.self))
    case .int16: return .int32(bits(Int16.self).map { Int32($0) })
    case .uint16: return .int32(bits(UInt16.self).map { Int32($0) })
    case .int32: return .int32(bits(Int32.self))
    case .uint32: return .int64(bits(UInt32.self).map { Int64($0) })
    case .int64: return .int64(bits(Int64.self))
    case .uint64:
      return .int64(
        try bits(UInt64.self).map {
          guard let value = Int64(exactly: $0) else {
            throw GraphError("its element \($0) does not fit int64")
          }
          return value
        })
    case .bool: return .bool(bits(UInt8.self).map { $0 != 0 })
    case .complex32, .complex64, .complex128, .float8e4m3fn, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz,
      .float8e8m0fnu:
      throw GraphError("elements of type \(type) are not supported; save the model in float32")
    }
  }

  /// The elements in row-major order, copied bit by bit. The view must lie in the storage.
  private func gathered<T: BitwiseCopyable>(
    _ storage: UnsafeRawBufferPointer, _ count: Int, as _: T.Type
  ) -> [T] {
    let width = MemoryLayout<T>.stride
    return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard count > 0 else { return }
      let target = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      guard let strides, !isDense(strides) else {
        target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: storage[(offset * width)..<((offset + count) * width)]))
        return
      }
      var index = [Int](repeating: 0, count: sizes.count)
      var place = offset
      for position in 0..<count {
        buffer[position] = storage.loadUnaligned(fromByteOffset: place * width, as: T.self)
        for axis in sizes.indices.reversed() {
          index[axis] += 1
          place += strides[axis]
          if index[axis] < sizes[axis] { break }
          place -= strides[axis] * sizes[axis]
          index[axis] = 0
        }
      }
    }
  }

  /// Whether the strides are those of row-major order; axes of 1 may have any.
  private func isDense(_ strides: [Int]) -> Bool {
    zip(zip(strides, Tensor.strides(of: sizes)), sizes).allSatisfy { $0.0 == $0.1 || $1 == 1 }
  }
}
