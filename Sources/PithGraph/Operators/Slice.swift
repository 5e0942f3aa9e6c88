/// A strided range along axes. Operands: data, starts, ends, and optionally axes and steps.
public struct Slice: Operator {
  public static let name = "Slice"
  public static let operandCount = 3...5

  public init() {}

  /// The range of one axis: where it starts, how many elements, how far apart.
  public struct Range: Sendable, Hashable {
    public var start: Int
    public var count: Int
    public var step: Int

    public init(start: Int, count: Int, step: Int) {
      self.start = start
      self.count = count
      self.step = step
    }
  }

  /// What a slice takes of an axis of `size`, by ONNX's clamping rules.
  public static func range(start: Int, end: Int, step: Int, size: Int) throws -> Range {
    guard step != 0 else { throw GraphError("a step of 0 never ends") }
    let low = step > 0 ? 0 : -1
    let high = step > 0 ? size : size - 1
    func clamped(_ index: Int, _ low: Int, _ high: Int) -> Int {
      Swift.min(high, Swift.max(low, index < 0 ? index + size : index))
    }
    let first = clamped(start, 0, step > 0 ? size : Swift.max(0, size - 1))
    let last = clamped(end < -size ? -size - 1 : end, low, high)
    let span = step > 0 ? last - first : first - last
    let stride = step.magnitude > UInt(Int.max) ? Int.max : Int(step.magnitude)
    let count = span <= 0 || size == 0 ? 0 : (span - 1) / stride + 1
    // One element has no neighbour to step to, however far the file says that it is.
    return Range(start: first, count: count, step: count > 1 ? step : 1)
  }

  /// The ranges of the sliced axes.
  public static func ranges(
    starts: [Int], ends: [Int], axes: [Int]?, steps: [Int]?, shape: [Int?]
  ) throws -> [Int: Range] {
    let axes = try (axes ?? Array(0..<starts.count)).map { try Operands.axis($0, rank: shape.count) }
    let steps = steps ?? Array(repeating: 1, count: starts.count)
    guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
      throw GraphError("starts, ends, axes and steps differ in length")
    }
    var result: [Int: Range] = [:]
    for (index, axis) in axes.enumerated() {
      guard let size = shape[axis] else {
        // All of an axis of unknown size is itself.
        if starts[index] == 0, ends[index] >= Int(Int32.max), steps[index] == 1 { continue }
        throw GraphError("axis \(axis) is sliced, but its size is not known")
      }
      result[axis] = try range(start: starts[index], end: ends[index], step: steps[index], size: size)
    }
    return result
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    guard let starts = try operands.integers(1), let ends = try operands.integers(2) else {
      throw GraphError("starts or ends are missing")
    }
    let ranges = try Slice.ranges(
      starts: starts, ends: ends, axes: try operands.integers(3), steps: try operands.integers(4),
      shape: type.shape.dimensions.map(\.size))
    var shape = type.shape
    for (axis, range) in ranges { shape[axis] = .fixed(range.count) }
    var contents: [Dimension]?
    if shape.rank == 1, let elements = operands.contents(0), let range = ranges[0] {
      contents = (0..<range.count).map { elements[range.start + $0 * range.step] }
    }
    return [ValueType(type.element, shape).withContents(contents)]
  }
}
