import PithFiles

/// What is done to every number of a sample before the network sees it:
/// value = (raw · ``scale`` − ``mean``) / ``std``.
///
/// Each of the three is one number for all elements, or one for each channel. The channels of a sample are
/// its first axis where that has as many entries as numbers are given ([C, H, W]), otherwise its last axis
/// ([H, W, C]; the features of a table). What is `nil` is left to the data: scale 1 (1/255 for unsigned bytes
/// of IDX files and for images), mean 0, std 1.
public struct Preprocessing: Equatable, Sendable {
  public var scale: [Double]?
  public var mean: [Double]?
  /// The standard deviation; not zero.
  public var std: [Double]?

  public init(scale: [Double]? = nil, mean: [Double]? = nil, std: [Double]? = nil) {
    self.scale = scale
    self.mean = mean
    self.std = std
  }

  /// These values, and those of `other` where these say nothing.
  public func filled(from other: Preprocessing) -> Preprocessing {
    Preprocessing(scale: scale ?? other.scale, mean: mean ?? other.mean, std: std ?? other.std)
  }

  /// Reads a number as it is written in options and YAML files: `0.5`, `1e-3`, or a fraction such as `1/255`.
  /// - Returns: `nil` for anything else, and for what is not finite.
  public static func number(_ text: some StringProtocol) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
      Double(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed().map(String.init).joined())
    }
    let value: Double?
    switch parts.count {
    case 1: value = parts[0]
    case 2: value = parts[0].flatMap { above in parts[1].map { above / $0 } }
    default: value = nil
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }
}

/// A ``Preprocessing`` fitted to the shape of the samples.
struct ChannelTransform: Equatable, Sendable {
  /// One number a channel.
  let scale: [Double]
  let mean: [Double]
  let std: [Double]
  /// How many elements in a row belong to one channel.
  let run: Int

  /// - Throws: `FileError` naming the file when the numbers do not fit the shape, or std is zero.
  init(_ preprocessing: Preprocessing, shape: [Int], holdsPixels: Bool, file: String) throws {
    let given = [
      ("scale", preprocessing.scale), ("mean", preprocessing.mean), ("std", preprocessing.std),
    ]
    var channels = 1
    for (name, values) in given {
      guard let values else { continue }
      guard !values.isEmpty, values.allSatisfy(\.isFinite) else {
        throw FileError(path: file, reason: "\(name) needs one finite number, or one for each channel")
      }
      guard values.count == 1 || channels == 1 || values.count == channels else {
        throw FileError(
          path: file,
          reason:
            "scale, mean and std name \(channels) and \(values.count) channels; give each one number, or "
            + "as many as there are channels")
      }
      channels = max(channels, values.count)
    }
    if let std = preprocessing.std, std.contains(0) {
      throw FileError(
        path: file, reason: "std is 0, and values are divided by it; leave it away or correct it")
    }
    if channels == 1 {
      run = max(1, shape.elementCount)
    } else if shape.first == channels {
      run = max(1, shape.elementCount / channels)
    } else if shape.last == channels {
      run = 1
    } else {
      throw FileError(
        path: file,
        reason:
          "scale, mean or std has \(channels) numbers, and samples have the shape \(shape), whose first "
          + "and last axis are not of that size; give one number, or one for each channel")
    }
    func spread(_ values: [Double]?, _ usual: Double) -> [Double] {
      guard let values, values.count > 1 else {
        return [Double](repeating: values?.first ?? usual, count: channels)
      }
      return values
    }
    scale = spread(preprocessing.scale, holdsPixels ? 1.0 / 255 : 1)
    mean = spread(preprocessing.mean, 0)
    std = spread(preprocessing.std, 1)
  }

  /// The value of one raw number, computed in `Double` and rounded once.
  func value(_ raw: Double, channel: Int) -> Float {
    Float((raw * scale[channel] - mean[channel]) / std[channel])
  }

  /// Computes in `Double` and rounds once.
  /// - Returns: whether all values are finite.
  func apply(
    _ raw: UnsafeBufferPointer<Double>, into values: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    precondition(raw.count == values.count)
    var start = 0
    var channel = 0
    // The exponent of what is not finite is all ones; an OR over the values would lose that, a maximum does not.
    var largest: UInt32 = 0
    while start < raw.count {
      let end = min(start + run, raw.count)
      let (scale, mean, std) = (scale[channel], mean[channel], std[channel])
      for index in start..<end {
        let value = Float((raw[index] * scale - mean) / std)
        values[index] = value
        largest = max(largest, value.bitPattern & 0x7FFF_FFFF)
      }
      start = end
      channel = channel + 1 == self.scale.count ? 0 : channel + 1
    }
    return largest < 0x7F80_0000
  }
}
