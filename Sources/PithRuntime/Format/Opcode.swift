/// `enum pith_opcode` as a Swift enumeration, so that the compiler names each switch that a new opcode concerns.
/// The numbers are those of pith_format.h; a test compares them.
enum Opcode: UInt16 {
  case quantize = 1
  case dequantize = 2
  case conv = 3
  case depthwise = 4
  case maxPool = 5
  case averagePool = 6
  case add = 7
  case multiply = 8
  case lookup = 9
  case copy = 10
  case fill = 11
  case softmax = 12
  case convSparse = 13
  case recurrent = 14
  case matmul = 15
  case layerNorm = 16
  case embed = 17
  case resize = 18
  case f32Copy = 32
  case f32Fill = 33
  case f32Conv = 34
  case f32Matmul = 35
  case f32Binary = 36
  case f32Unary = 37
  case f32Softmax = 38
  case f32MaxPool = 39
  case f32AveragePool = 40
  case f32Mean = 41
}
