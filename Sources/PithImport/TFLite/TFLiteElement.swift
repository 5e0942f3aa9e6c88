import PithGraph

/// The types of elements that a TFLite tensor may have (`TensorType` of the schema).
enum TFLiteElement: Int8 {
  case float32, float16, int32, uint8, int64, string, bool, int16, complex64, int8, float64, complex128
  case uint64, resource, variant, uint32, uint16, int4, bfloat16, int2, uint4

  /// What the schema calls it.
  var name: String { "\(self)" }

  /// Bits of one element; nil where it has no fixed size.
  var bits: Int? {
    switch self {
    case .int2: 2
    case .int4, .uint4: 4
    case .uint8, .bool, .int8: 8
    case .float16, .int16, .uint16, .bfloat16: 16
    case .float32, .int32, .uint32: 32
    case .int64, .complex64, .float64, .uint64: 64
    case .complex128: 128
    case .string, .resource, .variant: nil
    }
  }

  /// Whether numbers of this type are integers that a scale may turn to reals.
  var isInteger: Bool {
    switch self {
    case .int2, .int4, .uint4, .int8, .uint8, .int16, .int32: true
    default: false
    }
  }

  /// What a tensor of this type is in the graph, apart from quantization; nil where it can be nothing.
  var element: ElementType? {
    switch self {
    case .float32, .float16, .bfloat16, .float64: .float32
    case .int32, .int16, .uint16: .int32
    case .int64, .uint32, .uint64: .int64
    case .int8, .int4, .int2: .int8
    case .uint8, .uint4: .uint8
    case .bool: .bool
    case .string, .complex64, .complex128, .resource, .variant: nil
    }
  }
}
