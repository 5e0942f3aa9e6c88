import Foundation
import PithFiles

/// The format of a data file, told by its first bytes, whatever it is called.
enum FileFormat: Equatable {
  case idx, npy, csv
  /// An archive of arrays or of images.
  case zip
  /// A folder of images.
  case folder

  /// - Throws: `FileError` when the file cannot be read, is empty, or is of no known format.
  init(_ path: String) throws {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      self = .folder
      return
    }
    let stream = try FileStream(path)
    var head = [UInt8](repeating: 0, count: 512)
    head.removeLast(head.count - (try head.withUnsafeMutableBytes { try stream.read(into: $0) }))
    if head.isEmpty { throw FileError(path: path, reason: "is empty; it should hold data") }
    if IDX.matches(head) {
      self = .idx
    } else if head.starts(with: NPYHeader.magic) {
      self = .npy
    } else if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) {
      if stream.isCompressed {
        throw FileError(path: path, reason: "is a ZIP archive inside gzip; unpack it with gunzip first")
      }
      self = .zip
    } else {
      // Some magics are text themselves, and a table may begin with the same letters.
      let known = FileFormat.known.first { head.starts(with: $0.magic) }
      if FileFormat.isText(head), (known?.magic.first ?? 0) < 0x80 {
        self = .csv
        return
      }
      let remedy =
        known?.isImage == true
        ? "name the folder that holds the images" : "save it with numpy.savez(FILE, x=x, y=y)"
      throw FileError(
        path: path,
        reason: "is \(known?.name ?? "no format known here"); data are IDX, NPY, NPZ, CSV or folders of "
          + "images: \(remedy)")
    }
  }

  private static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
  }

  /// Formats that are met in this place, for the error.
  private static let known: [(magic: [UInt8], name: String, isImage: Bool)] = [
    ([0x89, 0x50, 0x4E, 0x47], "a PNG image", true), ([0xFF, 0xD8, 0xFF], "a JPEG image", true),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", false), (Array("PAR1".utf8), "a Parquet table", false),
    ([0x80, 2], "a Python pickle", false), ([0x80, 3], "a Python pickle", false),
    ([0x80, 4], "a Python pickle", false), (Array("PITH".utf8), "a .pith model", false),
  ]
}
