/// Extends axes. Operands: data, pads (all beginnings, then all ends; negative ones crop), optionally the value, and
/// optionally the axes that the pads are for.
public struct Pad: Operator {
  public static let name = "Pad"
  public static let operandCount = 2...4

  public enum Mode: String, Sendable, Hashable {
    case constant, reflect, edge, wrap
  }

  public var mode: Mode

  public init(mode: Mode = .constant) { self.mode = mode }

  /// The pads before and after every axis.
  public static func amounts(pads: [Int], axes: [Int]?, rank: Int) throws -> (begin: [Int], end: [Int]) {
    let axes = try (axes ?? Array(0..<rank)).map { try Operands.axis($0, rank: rank) }
    guard pads.count == 2 * axes.count, Set(axes).count == axes.count else {
      throw GraphError("\(pads.count) pads do not fit \(axes.count) axes")
    }
    guard pads.allSatisfy({ $0.magnitude < 1 << 30 }) else { throw GraphError("pads \(pads) are too large") }
    var begin = [Int](repeating: 0, count: rank)
    var end = begin
    for (index, axis) in axes.enumerated() {
      begin[axis] = pads[index]
      end[axis] = pads[axes.count + index]
    }
    return (begin, end)
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    guard let pads = try operands.integers(1) else { throw GraphError("the pads are missing") }
    let (begin, end) = try Pad.amounts(pads: pads, axes: try operands.integers(3), rank: type.shape.rank)
    var shape = type.shape
    for axis in 0..<shape.rank where begin[axis] != 0 || end[axis] != 0 {
      guard let size = shape[axis].size else {
        throw GraphError("axis \(axis) is padded, but its size is not known")
      }
      let padded = size + begin[axis] + end[axis]
      guard padded >= 0 else { throw GraphError("axis \(axis) of \(size) is cropped to \(padded)") }
      if mode == .reflect, begin[axis] >= size || end[axis] >= size {
        throw GraphError("axis \(axis) of \(size) cannot be reflected by \(begin[axis]) and \(end[axis])")
      }
      shape[axis] = .fixed(padded)
    }
    return [ValueType(type.element, shape)]
  }
}
