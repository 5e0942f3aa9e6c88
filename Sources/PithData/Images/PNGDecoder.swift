import CPNG
import CZlib
import PithFiles

/// Reads PNG images by libpng, in its simplified form: everything becomes 8 bits a channel.
enum PNGDecoder {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func header(_ bytes: [UInt8], of file: ImageFile) throws -> ImageDecoder.Header {
    try withImage(bytes, of: file) { _, header in header }
  }

  /// - Parameter asGrey: makes one channel, where the image has no colours, and three otherwise.
  static func decode(
    _ bytes: [UInt8], of file: ImageFile, asGrey: Bool, into image: inout PixelImage
  ) throws {
    let bytes = try checkedChunks(bytes, of: file)
    try withImage(bytes, of: file) { png, header in
      let header = try ImageDecoder.checked(header, file)
      let hasAlpha = png.format & PNG_FORMAT_FLAG_ALPHA != 0
      let isGrey = asGrey && header.isGrey
      png.format = (isGrey ? 0 : PNG_FORMAT_FLAG_COLOR) | (hasAlpha ? PNG_FORMAT_FLAG_ALPHA : 0)
      // Without a colour profile, 16 bits mean the same as 8.
      png.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      image.reset(height: header.height, width: header.width, channels: (isGrey ? 1 : 3) + (hasAlpha ? 1 : 0))
      guard png_image_finish_read(&png, nil, &image.pixels, 0, nil) != 0 else {
        throw ImageDecoder.damaged(file, "PNG", message(png))
      }
      if hasAlpha { image.dropAlpha() }
    }
  }

  private static func withImage<Result>(
    _ bytes: [UInt8], of file: ImageFile, _ body: (inout png_image, ImageDecoder.Header) throws -> Result
  ) throws -> Result {
    var png = png_image()
    png.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&png) }
    return try bytes.withUnsafeBytes { bytes in
      guard png_image_begin_read_from_memory(&png, bytes.baseAddress, bytes.count) != 0 else {
        throw ImageDecoder.damaged(file, "PNG", message(png))
      }
      let header = ImageDecoder.Header(
        height: Int(png.height), width: Int(png.width), isGrey: png.format & PNG_FORMAT_FLAG_COLOR == 0)
      return try body(&png, header)
    }
  }

  /// What would change the numbers of the pixels. Networks are trained on the numbers as they are in the file: Pillow,
  /// and with it PyTorch and Keras, do not look at these chunks.
  private static let colourSpaces: Set<String> = ["gAMA", "cHRM", "sRGB", "iCCP"]

  /// The file without its colour space.
  ///
  /// libpng stops at the last pixel: this looks at the chunks behind it, and at the checksums of all that make
  /// the image (those whose names begin with a capital).
  private static func checkedChunks(_ bytes: [UInt8], of file: ImageFile) throws -> [UInt8] {
    func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    var cursor = signature.count
    var dropped: [Range<Int>] = []
    while true {
      guard bytes.count - cursor >= 12 else {
        throw ImageDecoder.damaged(file, "PNG", "it is cut short at byte \(bytes.count)")
      }
      let length = number(at: cursor)
      guard length <= bytes.count - cursor - 12 else {
        throw ImageDecoder.damaged(file, "PNG", "it is cut short at byte \(bytes.count)")
      }
      let end = cursor + 8 + length
      let isCritical = bytes[cursor + 4] & 0x20 == 0
      if isCritical {
        let sum = bytes.withUnsafeBufferPointer { bytes in
          crc32_z(0, bytes.baseAddress.map { $0 + cursor + 4 }, length + 4)
        }
        guard Int(sum) == number(at: end) else {
          throw ImageDecoder.damaged(file, "PNG", "the checksum at byte \(end) does not fit")
        }
      }
      let name = String(decoding: bytes[cursor + 4..<cursor + 8], as: UTF8.self)
      if colourSpaces.contains(name) { dropped.append(cursor..<end + 4) }
      cursor = end + 4
      if name == "IEND" { break }
    }
    var kept = bytes
    for chunk in dropped.reversed() { kept.removeSubrange(chunk) }
    return kept
  }

  private static func message(_ png: png_image) -> String {
    withUnsafeBytes(of: png.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
