import PithFiles

/// Reads JPEG and PNG images. One decoder serves one thread.
final class ImageDecoder {
  /// What is known of an image before its pixels are read.
  struct Header: Equatable {
    let height: Int
    let width: Int
    /// Whether it has no colours.
    let isGrey: Bool
  }

  private enum Format {
    case jpeg, png

    init?(_ bytes: [UInt8]) {
      if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        self = .jpeg
      } else if bytes.starts(with: PNGDecoder.signature) {
        self = .png
      } else {
        return nil
      }
    }
  }

  private let jpeg = JPEGDecoder()

  /// - Throws: `FileError` when the bytes are no image, or the start of one is damaged, or it is too large.
  func header(_ bytes: [UInt8], of file: ImageFile) throws -> Header {
    switch try format(bytes, of: file) {
    case .jpeg: try ImageDecoder.checked(jpeg.header(bytes, of: file), file)
    case .png: try ImageDecoder.checked(PNGDecoder.header(bytes, of: file), file)
    }
  }

  /// Decodes an image to one channel, of grey, or to three.
  ///
  /// Alpha is left away, and so is a rotation in a photograph's metadata, as in most loaders.
  /// - Parameter image: overwritten; its memory is used again.
  /// - Throws: `FileError` when the bytes are no image, or are damaged or cut short, or it is too large.
  func decode(_ bytes: [UInt8], of file: ImageFile, channels: Int, into image: inout PixelImage) throws {
    switch try format(bytes, of: file) {
    case .jpeg:
      let header = try ImageDecoder.checked(jpeg.header(bytes, of: file), file)
      try jpeg.decode(bytes, of: file, header, asGrey: channels == 1 && header.isGrey, into: &image)
    case .png:
      try PNGDecoder.decode(bytes, of: file, asGrey: channels == 1, into: &image)
    }
    if channels == 1 { image.makeGrey() }
  }

  private func format(_ bytes: [UInt8], of file: ImageFile) throws -> Format {
    guard let format = Format(bytes) else {
      throw file.error("is neither a JPEG nor a PNG image inside; save it as one of them, or remove it")
    }
    return format
  }

  static func checked(_ header: Header, _ file: ImageFile) throws -> Header {
    let (pixels, overflow) = header.height.multipliedReportingOverflow(by: header.width)
    guard !overflow, header.height > 0, header.width > 0, pixels <= StoredArray.largestSample / 4 else {
      throw file.error(
        "is \(header.height) × \(header.width) pixels, and \(StoredArray.largestSample / 4) is the most; "
          + "make it smaller")
    }
    return header
  }

  static func damaged(_ file: ImageFile, _ kind: String, _ what: String) -> FileError {
    let reason = what.split(whereSeparator: \.isNewline).joined(separator: " ")
    return file.error("is a damaged \(kind) image: \(reason); copy it again, or remove it")
  }
}
