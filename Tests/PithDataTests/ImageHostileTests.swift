import Foundation
import PithFiles
import Testing

@testable import PithData

/// Damaged images give one clear error or are read; never a crash, a hang or pixels that are made up.
@Suite struct ImageHostileTests {
  static let names = [
    "full.jpg", "subsampled.jpg", "progressive.jpg", "grey.jpg", "rgb.png", "grey.png", "bits.png",
    "palette.png", "rgba.png", "grey_alpha.png",
  ]
  let files: TestFiles

  init() throws { files = try TestFiles() }

  /// The error that decoding `bytes` gives, or `nil`.
  private func failure(_ bytes: [UInt8], _ name: String, channels: Int = 3) -> String? {
    let file = ImageFile(container: .file(path: name))
    var image = PixelImage()
    do {
      try ImageDecoder().decode(bytes, of: file, channels: channels, into: &image)
      #expect(image.pixels.count == image.height * image.width * channels)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: names) func everyTruncationIsAnError(name: String) throws {
    let bytes = try TestFiles.bytes(fixture("images/files/\(name)"))
    #expect(failure(bytes, name) == nil)
    for length in 1..<bytes.count {
      let found = failure(Array(bytes[..<length]), name) ?? "none"
      #expect(found.hasPrefix(name + ": ") && !found.contains("\n"), "\(name) of \(length) bytes: \(found)")
    }
  }

  @Test(arguments: names) func flippedBytesNeverCrash(name: String) throws {
    let bytes = try TestFiles.bytes(fixture("images/files/\(name)"))
    var random = RandomStream(seed: 13)
    for round in 0..<1200 {
      var flipped = bytes
      for _ in 0...(round % 3) { flipped[random.below(bytes.count)] ^= UInt8(1 << random.below(8)) }
      let found = failure(flipped, name, channels: round % 2 == 0 ? 3 : 1)
      #expect(found.map { $0.hasPrefix(name + ": ") && !$0.contains("\n") } ?? true, "\(found ?? "")")
    }
  }

  /// Every flipped bit in what makes the pixels of a PNG is noticed.
  @Test func damagedPNGPixelsAreAnError() throws {
    let bytes = try TestFiles.bytes(fixture("images/files/rgb.png"))
    for offset in 8..<bytes.count {
      var flipped = bytes
      flipped[offset] ^= 4
      #expect(failure(flipped, "a.png") != nil, "byte \(offset)")
    }
  }

  @Test func absurdSizesAreErrors() throws {
    // The height and width of a PNG, with a checksum that fits.
    var png = try TestFiles.bytes(fixture("images/files/rgb.png"))
    png.replaceSubrange(16..<24, with: bigEndian(UInt32(900_000)) + bigEndian(UInt32(900_000)))
    png.replaceSubrange(29..<33, with: bigEndian(checksum(png[12..<29])))
    #expect(failure(png, "a.png")?.contains("a.png: is ") == true)
    png.replaceSubrange(16..<24, with: bigEndian(UInt32(60_000)) + bigEndian(UInt32(60_000)))
    png.replaceSubrange(29..<33, with: bigEndian(checksum(png[12..<29])))
    #expect(failure(png, "a.png")?.contains("is 60000 × 60000 pixels, and 33554432 is the most") == true)
    // The height and width of a JPEG are behind its first frame marker, SOF0.
    var jpeg = try TestFiles.bytes(fixture("images/files/full.jpg"))
    let frame = try #require(
      jpeg.indices.first { $0 + 1 < jpeg.count && jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0x00, 0xFF, 0x00])
    #expect(failure(jpeg, "a.jpg")?.contains("is 65280 × 65280 pixels") == true)
  }

  private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    // The CRC of ISO 3309, bit by bit.
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  /// Bytes between the parts of a JPEG, as some cameras leave them, hurt no one.
  @Test func extraneousBytesInAJPEGArePassedOver() throws {
    var bytes = try TestFiles.bytes(fixture("images/files/full.jpg"))
    var (plain, odd) = (PixelImage(), PixelImage())
    let file = ImageFile(container: .file(path: "a.jpg"))
    try ImageDecoder().decode(bytes, of: file, channels: 3, into: &plain)
    let table = try #require(
      bytes.indices.first { $0 + 1 < bytes.count && bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDB })
    bytes.insert(contentsOf: [0, 0, 0], at: table)
    try ImageDecoder().decode(bytes, of: file, channels: 3, into: &odd)
    #expect(plain.pixels == odd.pixels)
  }

  @Test func damagedArchivesOfImagesNeverCrash() throws {
    let bytes = try TestFiles.bytes(fixture("images/classes.zip"))
    var random = RandomStream(seed: 17)
    for round in 0..<600 {
      var damaged = bytes
      if round % 2 == 0 {
        damaged.removeLast(1 + random.below(bytes.count - 1))
      } else {
        for _ in 0...(round % 3) { damaged[random.below(bytes.count)] ^= UInt8(1 << random.below(8)) }
      }
      let path = try files.write(damaged, "a.zip")
      let found = message { try all(path + ":set/train").labels?.count }
      #expect(found.hasPrefix(path) || found.hasPrefix("no error"), "\(found)")
    }
  }
}
