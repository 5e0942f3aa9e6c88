import PithGraph

/// PyTorch's types of elements, by the numbers that `torch.export` gives them.
///
/// torch/_export/serde/schema.py, `ScalarType`.
enum TorchScalarType: Int, Sendable {
  case uint8 = 1
  case int8, int16, int32, int64, float16, float32, float64, complex32, complex64, complex128, bool, bfloat16
  case uint16 = 28
  case float8e4m3fn, float8e5m2, float8e4m3fnuz, float8e5m2fnuz, float8e8m0fnu, uint32, uint64

  /// Bytes of one element.
  var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool, .float8e4m3fn, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz, .float8e8m0fnu:
      1
    case .int16, .float16, .bfloat16, .uint16: 2
    case .int32, .float32, .complex32, .uint32: 4
    case .int64, .float64, .complex64, .uint64: 8
    case .complex128: 16
    }
  }

  /// What Pith holds such elements as: every floating-point type as float32, narrow integers in the next wider type
  /// that it has.
  /// - Throws: `GraphError` naming the type where it has none.
  func element() throws -> ElementType {
    switch self {
    case .float16, .bfloat16, .float32, .float64: return .float32
    case .uint8: return .uint8
    case .int8: return .int8
    case .int16, .uint16, .int32: return .int32
    case .int64, .uint32, .uint64: return .int64
    case .bool: return .bool
    case .complex32, .complex64, .complex128, .float8e4m3fn, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz,
      .float8e8m0fnu:
      throw GraphError("elements of type \(self) are not supported; save the model in float32")
    }
  }

  /// The type of that number.
  /// - Throws: `GraphError` where there is none.
  init(number: Int) throws {
    guard let type = TorchScalarType(rawValue: number) else {
      throw GraphError("element type \(number) is unknown; is the file damaged?")
    }
    self = type
  }
}
