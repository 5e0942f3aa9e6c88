import CPith
import PithHost
import Testing

@testable import PithRuntime

@Suite struct OpcodeTests {
  /// In the order of pith_format.h.
  static let all: [(pith_opcode, Opcode)] = [
    (PITH_OP_QUANTIZE, .quantize), (PITH_OP_DEQUANTIZE, .dequantize), (PITH_OP_CONV, .conv),
    (PITH_OP_DEPTHWISE, .depthwise), (PITH_OP_MAX_POOL, .maxPool), (PITH_OP_AVERAGE_POOL, .averagePool),
    (PITH_OP_ADD, .add), (PITH_OP_MULTIPLY, .multiply), (PITH_OP_LOOKUP, .lookup), (PITH_OP_COPY, .copy),
    (PITH_OP_FILL, .fill), (PITH_OP_SOFTMAX, .softmax), (PITH_OP_CONV_SPARSE, .convSparse),
    (PITH_OP_RECURRENT, .recurrent), (PITH_OP_MATMUL, .matmul), (PITH_OP_LAYER_NORM, .layerNorm),
    (PITH_OP_EMBED, .embed), (PITH_OP_RESIZE, .resize), (PITH_OP_F32_COPY, .f32Copy),
    (PITH_OP_F32_FILL, .f32Fill), (PITH_OP_F32_CONV, .f32Conv), (PITH_OP_F32_MATMUL, .f32Matmul),
    (PITH_OP_F32_BINARY, .f32Binary), (PITH_OP_F32_UNARY, .f32Unary), (PITH_OP_F32_SOFTMAX, .f32Softmax),
    (PITH_OP_F32_MAX_POOL, .f32MaxPool), (PITH_OP_F32_AVERAGE_POOL, .f32AveragePool),
    (PITH_OP_F32_MEAN, .f32Mean),
  ]

  @Test func numbersAreThoseOfTheFormat() {
    for (number, opcode) in Self.all { #expect(UInt32(opcode.rawValue) == number.rawValue) }
    #expect((0...UInt16.max).filter { Opcode(rawValue: $0) != nil }.count == Self.all.count)
  }
}

@Suite struct SizeTests {
  @Test func stopsAtItsLimit() {
    let limit = Size(saturating: Size.limit)
    #expect((limit * limit).value == Size.limit)
    #expect((limit + limit).value == Size.limit)
    #expect((Size(UInt32(1 << 16)) * Size(UInt32(1 << 16))).value == Size.limit)
    #expect((Size.zero - Size.one).value == 0)
    #expect(limit.rounded(to: 64).value == Size.limit)
    #expect(Size(UInt32(65)).rounded(to: 64).value == 128)
    #expect(Size(Int32(-1)).value == Size.limit)
    #expect(Size(saturating: .max).value == Size.limit)
  }

  @Test func wideningKeepsTheBits() {
    #expect(UInt64(widening: UInt32.max) == 0xFFFF_FFFF)
    #expect(UInt64(widening: 0x1234_5678_9ABC) == 0x1234_5678_9ABC)
    #expect(UInt64(widening: -1 as Int) == .max)
  }
}
