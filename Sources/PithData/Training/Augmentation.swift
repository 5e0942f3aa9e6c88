import PithFiles

/// Random changes to the samples of a training batch, another in every epoch. They are made in this order:
/// pad-and-crop, flip, preprocessing, noise, cutout, mixup.
public struct Augmentation: Codable, Hashable, Sendable {
  /// Pad-and-crop: how many raw zeros are put on each side of an image before a window of the image's own size
  /// is cut out of it at random (K. He et al., "Deep residual learning", 2015). 0 for none.
  public var cropPadding: Int
  /// How likely an image is mirrored left to right. 0 for never.
  public var flipProbability: Double
  /// The standard deviation of the Gaussian noise that is added to every element, in units of preprocessed
  /// values. 0 for none.
  public var noise: Double
  /// The side in pixels of a square that is set to 0 in the preprocessed image, around a random pixel and cut
  /// off at the border (T. DeVries, G. W. Taylor, "Improved regularization of convolutional neural networks
  /// with cutout", 2017). 0 for none.
  public var cutout: Int
  /// The parameter α of mixup: each sample becomes λ · x + (1 − λ) · x′ with a partner of the same batch, λ
  /// from Beta(α, α), one for each batch (H. Zhang et al., "mixup: beyond empirical risk minimization", 2018).
  /// 0 for none.
  public var mixup: Double

  /// Nothing is changed.
  public static let none = Augmentation()

  public init(
    cropPadding: Int = 0, flipProbability: Double = 0, noise: Double = 0, cutout: Int = 0, mixup: Double = 0
  ) {
    self.cropPadding = cropPadding
    self.flipProbability = flipProbability
    self.noise = noise
    self.cutout = cutout
    self.mixup = mixup
  }

  /// Whether nothing is changed.
  public var isEmpty: Bool { self == .none }

  /// Whether pixels change their places.
  var isSpatial: Bool { cropPadding > 0 || flipProbability > 0 }

  /// Whether samples have to be images.
  var needsImages: Bool { isSpatial || cutout > 0 }

  /// The most pixels of padding, or of a square's side: more than any image has.
  static let largestExtent = 1 << 16

  /// - Throws: ``AugmentationError`` when a number is out of its range.
  public func validate() throws {
    func check(_ holds: Bool, _ reason: String) throws {
      if !holds { throw AugmentationError(reason: reason) }
    }
    let extents = 0...Augmentation.largestExtent
    try check(extents.contains(cropPadding), "crop:\(cropPadding): the padding is a number of pixels")
    try check(
      (0...1).contains(flipProbability), "flip:\(flipProbability): a probability is a number from 0 to 1")
    try check(
      noise >= 0 && noise.isFinite, "noise:\(noise): a standard deviation is a number from 0 upwards")
    try check(extents.contains(cutout), "cutout:\(cutout): the square's side is a number of pixels")
    try check(mixup >= 0 && mixup.isFinite, "mixup:\(mixup): the parameter is a number from 0 upwards")
  }
}

/// What is wrong with an augmentation, as one sentence.
public struct AugmentationError: Error, Equatable, Sendable, CustomStringConvertible {
  public let reason: String

  public init(reason: String) { self.reason = reason }

  public var description: String { reason }
}
