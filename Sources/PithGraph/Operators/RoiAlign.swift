/// Pools regions of a map to one size, reading between pixels. Operands: x `[N, C, H, W]`, regions `[R, 4]` as x1, y1, x2,
/// y2, and for each its image `[R]`.
///
/// He et al., "Mask R-CNN", 2017.
public struct RoiAlign: Operator {
  public static let name = "RoiAlign"
  public static let operandCount = 3...3

  public var outputHeight: Int
  public var outputWidth: Int
  /// Readings along each axis of a bin; 0: as many as the bin has pixels.
  public var samplingRatio: Int
  /// Pixels of the map for one unit of the regions' coordinates.
  public var spatialScale: Float
  /// Whether the largest reading of a bin counts instead of their mean.
  public var takesMaximum: Bool
  /// Whether coordinates are those of pixels' edges, so that centres lie half a pixel further.
  public var usesHalfPixels: Bool

  public init(
    outputHeight: Int = 1, outputWidth: Int = 1, samplingRatio: Int = 0, spatialScale: Float = 1,
    takesMaximum: Bool = false, usesHalfPixels: Bool = true
  ) {
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.samplingRatio = samplingRatio
    self.spatialScale = spatialScale
    self.takesMaximum = takesMaximum
    self.usesHalfPixels = usesHalfPixels
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let (shape, regions) = (try operands.shape(0, rank: 4), try operands.shape(1, rank: 2))
    let images = try operands.integral(2).shape
    guard regions[1].mayEqual(4), images.rank == 1, images[0].mayEqual(regions[0]) else {
      throw GraphError("regions of shape \(regions) and images of shape \(images) do not fit together")
    }
    guard outputHeight > 0, outputWidth > 0, (0...1024).contains(samplingRatio) else {
      throw GraphError("\(outputHeight) × \(outputWidth) bins of \(samplingRatio) readings do not make sense")
    }
    return [ValueType(type.element, [regions[0], shape[1], .fixed(outputHeight), .fixed(outputWidth)])]
  }
}
