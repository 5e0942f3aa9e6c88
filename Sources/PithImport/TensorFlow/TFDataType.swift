import PithGraph

/// The numbers that TensorFlow gives to types of elements (`tensorflow/core/framework/types.proto`).
enum TFDataType: Int, Sendable {
  case float = 1
  case double, int32, uint8, int16, int8, string, complex64, int64, bool, qint8, quint8, qint32, bfloat16,
    qint16,
    quint16, uint16, complex128, half, resource, variant, uint32, uint64, float8e5m2, float8e4m3fn

  /// What Pith holds such elements as inside the graph: every floating-point type as float32, and integers of more
  /// than a byte as int64, which is what shapes and indices are there. Nil where it cannot.
  var element: ElementType? {
    switch self {
    case .float, .double, .half, .bfloat16: .float32
    case .int16, .uint16, .int32, .uint32, .int64, .uint64: .int64
    case .int8: .int8
    case .uint8: .uint8
    case .bool: .bool
    case .string, .complex64, .complex128, .qint8, .quint8, .qint32, .qint16, .quint16, .resource, .variant,
      .float8e5m2, .float8e4m3fn:
      nil
    }
  }

  /// Bytes of one element as files store it; nil where elements differ in size or have no bytes.
  var storedByteCount: Int? {
    switch self {
    case .uint8, .int8, .bool, .qint8, .quint8, .float8e5m2, .float8e4m3fn: 1
    case .int16, .uint16, .half, .bfloat16, .qint16, .quint16: 2
    case .float, .int32, .uint32, .qint32: 4
    case .double, .int64, .uint64, .complex64: 8
    case .complex128: 16
    case .string, .resource, .variant: nil
    }
  }

  /// The type of that number.
  /// - Throws: `GraphError` where there is none.
  init(number: Int) throws {
    // From 101 on are the types of references to variables, which old graphs have.
    guard let type = TFDataType(rawValue: number > 100 && number < 200 ? number - 100 : number) else {
      throw GraphError("element type \(number) is unknown; is the file damaged?")
    }
    self = type
  }

  /// The type that Pith holds such elements as.
  /// - Throws: `GraphError` naming the type where Pith has none for it.
  func supported() throws -> ElementType {
    guard let element else {
      throw GraphError("elements of type \(self) are not supported; export the model with float32 tensors")
    }
    return element
  }
}
