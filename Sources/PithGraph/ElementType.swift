/// The type of a tensor's elements.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float32
  case float64
  case int64
  case int32
  case int8
  case uint8
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether arithmetic on this type rounds.
  public var isFloatingPoint: Bool { self == .float32 || self == .float64 }
}
