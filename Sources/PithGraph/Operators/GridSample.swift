/// Reads a map at places that are computed. Operands: x `[N, C, spatial…]`, and the grid `[N, places…, axes]` with
/// coordinates from −1 to 1, the innermost axis first.
///
/// Jaderberg et al., "Spatial Transformer Networks", 2015.
public struct GridSample: Operator {
  public static let name = "GridSample"
  public static let operandCount = 2...2

  /// What stands outside of the map.
  public enum Border: String, Sendable, Hashable {
    case zeros, border, reflection
  }

  public var mode: Resize.Mode
  public var border: Border
  /// Whether −1 and 1 are the centres of the outermost pixels, instead of their outer edges.
  public var alignsCorners: Bool

  public init(mode: Resize.Mode = .linear, border: Border = .zeros, alignsCorners: Bool = false) {
    self.mode = mode
    self.border = border
    self.alignsCorners = alignsCorners
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let shape = try operands.shape(0, atLeast: 3)
    let grid = try operands.floatingPoint(1).shape
    let axes = shape.rank - 2
    guard grid.rank == shape.rank, grid[grid.rank - 1].mayEqual(.fixed(axes)), grid[0].mayEqual(shape[0])
    else {
      throw GraphError("a grid of shape \(grid) does not fit a map of shape \(shape)")
    }
    guard mode != .cubic || axes == 2 else { throw GraphError("cubic sampling needs two spatial axes") }
    return [ValueType(type.element, Shape([shape[0], shape[1]] + grid.dimensions[1...axes]))]
  }
}
