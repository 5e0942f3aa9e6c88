import COnnx
import PithGraph

extension ElementType {
  /// ONNX's number of the type (`TensorProto.DataType`).
  var onnx: Int32 {
    let type =
      switch self {
      case .float32: ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT
      case .float64: ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE
      case .int64: ONNX__TENSOR_PROTO__DATA_TYPE__INT64
      case .int32: ONNX__TENSOR_PROTO__DATA_TYPE__INT32
      case .int8: ONNX__TENSOR_PROTO__DATA_TYPE__INT8
      case .uint8: ONNX__TENSOR_PROTO__DATA_TYPE__UINT8
      case .bool: ONNX__TENSOR_PROTO__DATA_TYPE__BOOL
      }
    return Int32(type.rawValue)
  }
}

extension Tensor {
  /// The elements as ONNX's `raw_data` has them: little-endian, as is every machine that this builds for.
  func withRawData<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch storage {
    case .float32(let values): try values.withUnsafeBytes(body)
    case .float64(let values): try values.withUnsafeBytes(body)
    case .int64(let values): try values.withUnsafeBytes(body)
    case .int32(let values): try values.withUnsafeBytes(body)
    case .int8(let values): try values.withUnsafeBytes(body)
    case .uint8(let values): try values.withUnsafeBytes(body)
    // Swift's Bool is a byte of 0 or 1.
    case .bool(let values): try values.withUnsafeBytes(body)
    }
  }
}
