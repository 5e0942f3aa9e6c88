/// How a number is stored in an array file.
enum ElementFormat: Equatable, Sendable {
  case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

  /// Bytes of one number.
  var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Converts the numbers in `raw` to `Double`, which holds all of them up to 2⁵³ exactly.
  /// - Parameters:
  ///   - raw: at least `output.count` × ``size`` bytes; any alignment.
  ///   - bigEndian: the byte order of `raw`.
  func decode(
    _ raw: UnsafeRawBufferPointer, bigEndian: Bool, into output: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(raw.count >= output.count * size)
    switch self {
    case .bool: convert(raw, bigEndian, output) { (bits: UInt8) in bits == 0 ? 0 : 1 }
    case .uint8: convert(raw, bigEndian, output) { (bits: UInt8) in Double(bits) }
    case .int8: convert(raw, bigEndian, output) { (bits: Int8) in Double(bits) }
    case .uint16: convert(raw, bigEndian, output) { (bits: UInt16) in Double(bits) }
    case .int16: convert(raw, bigEndian, output) { (bits: Int16) in Double(bits) }
    case .uint32: convert(raw, bigEndian, output) { (bits: UInt32) in Double(bits) }
    case .int32: convert(raw, bigEndian, output) { (bits: Int32) in Double(bits) }
    case .uint64: convert(raw, bigEndian, output) { (bits: UInt64) in Double(bits) }
    case .int64: convert(raw, bigEndian, output) { (bits: Int64) in Double(bits) }
    case .float16: convert(raw, bigEndian, output) { (bits: UInt16) in Double(Float16(bitPattern: bits)) }
    case .float32: convert(raw, bigEndian, output) { (bits: UInt32) in Double(Float(bitPattern: bits)) }
    case .float64: convert(raw, bigEndian, output) { (bits: UInt64) in Double(bitPattern: bits) }
    }
  }

  @inline(__always)
  private func convert<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ raw: UnsafeRawBufferPointer, _ bigEndian: Bool, _ output: UnsafeMutableBufferPointer<Double>,
    _ value: (Bits) -> Double
  ) {
    let stride = MemoryLayout<Bits>.size
    // Two loops, so that the common one has no branch inside.
    if bigEndian {
      for index in output.indices {
        let bits = raw.loadUnaligned(fromByteOffset: index * stride, as: Bits.self)
        output[index] = value(Bits(bigEndian: bits))
      }
    } else {
      for index in output.indices {
        let bits = raw.loadUnaligned(fromByteOffset: index * stride, as: Bits.self)
        output[index] = value(Bits(littleEndian: bits))
      }
    }
  }
}
