/// Resamples a tensor along its axes. Operands: x, and either float32 scales or int64 sizes of the listed axes; constant,
/// or sizes that follow from shapes.
public struct Resize: Operator {
  public static let name = "Resize"
  public static let operandCount = 2...2

  public enum Mode: String, Sendable, Hashable {
    case nearest, linear, cubic
  }

  /// Which place of the input a place of the output stands for.
  public enum Coordinates: String, Sendable, Hashable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case tfHalfPixel = "tf_half_pixel_for_nn"
    case tfCropAndResize = "tf_crop_and_resize"
  }

  /// Which element is the nearest to a place.
  public enum Nearest: String, Sendable, Hashable {
    case roundPreferFloor = "round_prefer_floor"
    case roundPreferCeil = "round_prefer_ceil"
    case floor, ceil
  }

  /// What becomes of the proportions where sizes are given.
  public enum AspectRatio: String, Sendable, Hashable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  public var mode: Mode
  public var coordinates: Coordinates
  public var nearest: Nearest
  /// The coefficient a of cubic interpolation (Keys, "Cubic Convolution Interpolation", 1981).
  public var cubicCoefficient: Float
  /// Whether weights of places outside of the input count as 0, the rest being scaled up.
  public var excludesOutside: Bool
  /// What stands outside of the region, for `tfCropAndResize`.
  public var extrapolationValue: Float
  /// Whether linear and cubic kernels are widened where the output is smaller.
  public var antialiases: Bool
  public var aspectRatio: AspectRatio
  /// The axes that scales or sizes are for; nil: all.
  public var axes: [Int]?
  /// The part of the listed axes that is seen, as fractions: all starts, then all ends. For `tfCropAndResize`.
  public var region: [Float]?

  public init(
    mode: Mode = .nearest, coordinates: Coordinates = .halfPixel, nearest: Nearest = .roundPreferFloor,
    cubicCoefficient: Float = -0.75, excludesOutside: Bool = false, extrapolationValue: Float = 0,
    antialiases: Bool = false, aspectRatio: AspectRatio = .stretch, axes: [Int]? = nil, region: [Float]? = nil
  ) {
    self.mode = mode
    self.coordinates = coordinates
    self.nearest = nearest
    self.cubicCoefficient = cubicCoefficient
    self.excludesOutside = excludesOutside
    self.extrapolationValue = extrapolationValue
    self.antialiases = antialiases
    self.aspectRatio = aspectRatio
    self.axes = axes
    self.region = region
  }

  /// One axis that is resampled.
  public struct Axis: Sendable, Hashable {
    public var index: Int
    public var size: Dimension
    /// Output per input; nil where sizes are not known.
    public var scale: Double?
    /// The fractions where the seen part starts and ends.
    public var region: (start: Double, end: Double) { (start, end) }
    var start = 0.0
    var end = 1.0
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let shape = try operands.shape(0)
    var result = shape
    for axis in try resampled(shape, operands) { result[axis.index] = axis.size }
    return [ValueType(type.element, result)]
  }

  /// The listed axes with their sizes and scales.
  /// - Throws: `GraphError` where they do not fit.
  public func resampled(_ shape: Shape, _ operands: Operands) throws -> [Axis] {
    let indices =
      try axes.map { try $0.map { try Operands.axis($0, rank: shape.rank) } } ?? Array(0..<shape.rank)
    guard Set(indices).count == indices.count else { throw GraphError("an axis is listed twice") }
    if let region, region.count != 2 * indices.count {
      throw GraphError("a region of \(region.count) numbers does not fit \(indices.count) axes")
    }
    var result = indices.map { Axis(index: $0, size: shape[$0]) }
    if coordinates == .tfCropAndResize {
      guard let region else { throw GraphError("the region that is seen is missing") }
      for index in indices.indices {
        (result[index].start, result[index].end) = (
          Double(region[index]), Double(region[indices.count + index])
        )
      }
    }
    if try operands.type(1).element.isFloatingPoint {
      try scale(&result, operands.constant(1)?.floats)
    } else {
      try size(&result, operands.contents(1))
    }
    return result
  }

  private func scale(_ axes: inout [Axis], _ scales: [Float]?) throws {
    guard let scales else { throw GraphError("the scales are computed from data; Pith needs them constant") }
    guard scales.count == axes.count else {
      throw GraphError("\(scales.count) scales do not fit \(axes.count) axes")
    }
    for (index, scale) in scales.enumerated() {
      guard scale > 1 / Float(1 << 20), scale < Float(1 << 20) else {
        throw GraphError("a scale of \(scale) does not make sense")
      }
      axes[index].scale = Double(scale)
      let seen = Double(scale) * (axes[index].end - axes[index].start)
      guard let size = axes[index].size.size else {
        axes[index].size = try Resize.scaled(axes[index].size, by: seen)
        continue
      }
      let count = (Double(size) * seen).rounded(.down)
      guard count >= 0, count < Double(1 << 40) else {
        throw GraphError("an axis of \(size) becomes too large")
      }
      axes[index].size = .fixed(Int(count))
    }
  }

  /// A size without a number, scaled.
  private static func scaled(_ size: Dimension, by scale: Double) throws -> Dimension {
    if let times = Int(exactly: scale) { return try size.multiplied(by: .fixed(times)) }
    if let divisor = Int(exactly: (1 / scale).rounded()), 1 / Double(divisor) == scale {
      return size.dividedDown(by: divisor)
    }
    return .symbolic("floor(\(scale)*\(size))")
  }

  private func size(_ axes: inout [Axis], _ sizes: [Dimension]?) throws {
    guard let sizes else {
      throw GraphError("the sizes are computed from data; Pith needs them to follow from the inputs' shapes")
    }
    guard sizes.count == axes.count else {
      throw GraphError("\(sizes.count) sizes do not fit \(axes.count) axes")
    }
    for index in axes.indices {
      let before = axes[index].size
      if let number = sizes[index].size, number < 1, before != 0 {
        throw GraphError("an axis of \(before) cannot become one of \(number)")
      }
      axes[index].size = sizes[index]
      if let from = before.size, let to = sizes[index].size, from > 0 {
        axes[index].scale = Double(to) / Double(from)
      } else if before == sizes[index] {
        axes[index].scale = 1
      }
    }
    guard aspectRatio != .stretch else { return }
    let scales = axes.compactMap(\.scale)
    guard scales.count == axes.count, let common = aspectRatio == .notLarger ? scales.min() : scales.max()
    else {
      throw GraphError("proportions can only be kept where all sizes are known")
    }
    for index in axes.indices {
      guard let to = axes[index].size.size, let scale = axes[index].scale, scale > 0 else { continue }
      let count = (common * Double(to) / scale + 0.5).rounded(.down)
      guard count < Double(1 << 40) else { throw GraphError("an axis of \(to) becomes too large") }
      axes[index].size = .fixed(Int(count))
      axes[index].scale = common
    }
  }
}
