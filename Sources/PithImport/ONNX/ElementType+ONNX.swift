import COnnx
import PithGraph

/// The numbers that ONNX gives to types of elements (`TensorProto.DataType`).
enum ONNXDataType: Int32, Sendable {
  case float = 1
  case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64, complex64,
    complex128, bfloat16, float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, uint4, int4, float4e2m1

  /// What Pith holds such elements as: every floating-point type as float32, narrow integers in the next wider type
  /// that it has. Nil where it cannot.
  var element: ElementType? {
    switch self {
    case .float, .float16, .bfloat16, .double: .float32
    case .uint8: .uint8
    case .int8: .int8
    case .uint16, .int16, .int32: .int32
    case .int64, .uint32, .uint64: .int64
    case .bool: .bool
    case .string, .complex64, .complex128, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
      .uint4,
      .int4, .float4e2m1:
      nil
    }
  }

  /// The type that Pith holds elements of this number as.
  /// - Throws: `GraphError` naming the type where Pith has none for it.
  static func element(_ number: Int32) throws -> ElementType {
    guard let type = ONNXDataType(rawValue: number) else {
      throw GraphError("element type \(number) is unknown; is the file damaged?")
    }
    guard let element = type.element else {
      throw GraphError("elements of type \(type) are not supported; export the model in float32")
    }
    return element
  }
}
