import PithFiles

/// A folder of images as a data set: a class for each of its folders, or images without labels.
struct ImageFolder: SampleSource {
  /// What is done to the images so that all are alike.
  struct Format: Sendable {
    /// The size that images are given; `nil` for the size that all of them have.
    var size: ImageSize?
    /// 1 for grey, 3 for red, green and blue; `nil` for what the first image is.
    var channels: Int?
    /// Whether samples are [H, W, C], not [C, H, W].
    var isChannelsLast = false
  }

  let name: String
  /// `nil` where the images have no labels.
  let classNames: [String]?
  let sampleShape: [Int]
  private let files: [ImageFile]
  private let labels: [Int]
  private let size: ImageSize
  private let channels: Int
  private let isChannelsLast: Bool
  private let resizes: Bool
  /// Whether the channels were asked for, not taken from the first image.
  private let converts: Bool

  var count: Int { files.count }
  var holdsLabels: Bool { classNames != nil }
  var holdsPixels: Bool { true }
  var holdsBytes: Bool { true }
  var isRandomAccess: Bool { true }

  /// Looks at the first image.
  init(_ listing: ImageListing, format: Format) throws {
    name = listing.name
    classNames = listing.classNames
    files = listing.files
    labels = listing.labels
    guard let first = files.first else {
      throw FileError(path: listing.name, reason: "holds no JPEG or PNG images")
    }
    let header = try ImageDecoder().header(first.bytes(), of: first)
    size = format.size ?? ImageSize(height: header.height, width: header.width)
    resizes = format.size != nil
    converts = format.channels != nil
    channels = format.channels ?? (header.isGrey ? 1 : 3)
    isChannelsLast = format.isChannelsLast
    sampleShape =
      isChannelsLast ? [size.height, size.width, channels] : [channels, size.height, size.width]
  }

  func makeReader() -> any SampleReader { Reader(self) }

  private final class Reader: SampleReader {
    private let folder: ImageFolder
    private let decoder = ImageDecoder()
    private var image = PixelImage()
    private var planes: [UInt8] = []
    private var index = 0

    init(_ folder: ImageFolder) { self.folder = folder }

    func read(into sample: UnsafeMutableBufferPointer<UInt8>) throws -> Double? {
      guard index < folder.count else {
        throw FileError(path: folder.name, reason: "has no more than \(folder.count) images")
      }
      try decode(folder.files[index])
      if folder.resizes {
        image = image.resized(height: folder.size.height, width: folder.size.width)
      }
      if folder.isChannelsLast { image.writePixels(to: sample) } else { image.writePlanes(to: sample) }
      index += 1
      return folder.holdsLabels ? Double(folder.labels[index - 1]) : nil
    }

    func read(into sample: UnsafeMutableBufferPointer<Double>) throws -> Double? {
      if planes.count < sample.count { planes = [UInt8](repeating: 0, count: sample.count) }
      let label = try planes.withUnsafeMutableBufferPointer {
        try read(into: UnsafeMutableBufferPointer(rebasing: $0[..<sample.count]))
      }
      for element in sample.indices { sample[element] = Double(planes[element]) }
      return label
    }

    func skip(_ count: Int) { index += count }

    /// Nothing follows the last image.
    func finish() {}

    private func decode(_ file: ImageFile) throws {
      let bytes = try file.bytes()
      let channels = folder.channels
      let first = folder.files[0].name
      if channels == 1, !folder.converts, try !decoder.header(bytes, of: file).isGrey {
        throw file.error(
          "is in colour, and the first image, \(first), is grey; say 'channels: 3' or 'channels: 1' in a "
            + ".data.yaml file")
      }
      try decoder.decode(bytes, of: file, channels: channels, into: &image)
      let size = ImageSize(height: image.height, width: image.width)
      guard folder.resizes || size == folder.size else {
        throw file.error(
          "is \(size) pixels (height x width), and the first image, \(first), is \(folder.size); give all one "
            + "size, for example with --resize \(folder.size)")
      }
    }
  }
}

/// The size of an image in pixels, written `HEIGHTxWIDTH`.
public struct ImageSize: Equatable, Sendable, CustomStringConvertible {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Reads `32x32`.
  /// - Returns: `nil` for anything else, and for a size that no image may have.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let height = Int(parts[0]), let width = Int(parts[1]) else { return nil }
    let extents = 1...1 << 16
    guard extents.contains(height), extents.contains(width),
      height * width <= StoredArray.largestSample / 4
    else { return nil }
    (self.height, self.width) = (height, width)
  }

  public var description: String { "\(height)x\(width)" }
}
