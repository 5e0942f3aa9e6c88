import Foundation
import PithFiles
import PithTrain

/// The directory that teachers' outputs are kept in, and how much of it is used.
struct TeacherCacheFolder: Sendable {
  let path: String
  let byteLimit: Int

  private static let (prefix, suffix) = ("teacher-", ".cache")

  private struct Entry {
    var path: String
    var bytes: Int
    var opened: Double
    var isOwn: Bool
  }

  /// How the names of a teacher's files begin.
  private func own(_ teacher: UInt64) -> String { "\(Self.prefix)\(String(teacher, radix: 16))-" }

  /// Makes the directory where it does not exist.
  func prepare() throws {
    var status = stat()
    if stat(path, &status) != 0 {
      do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      } catch {
        throw FileError(path: path, reason: "cannot be made; name another directory with --cache")
      }
    } else if status.st_mode & S_IFMT != S_IFDIR {
      throw FileError(path: path, reason: "is no directory; name one with --cache")
    }
    guard access(path, R_OK | W_OK | X_OK) == 0 else {
      throw FileError(path: path, reason: "cannot be written to; name another directory with --cache")
    }
  }

  /// The files of a teacher, marked as used now.
  func files(of teacher: UInt64) -> [String] {
    makeRoom(for: 0, teacher: teacher, sparingOwn: false)
    let own = entries(teacher).filter(\.isOwn).map(\.path).sorted()
    for file in own { utimes(file, nil) }
    return own
  }

  /// Writes a file.
  /// - Returns: where; nil where there is no room for it.
  func write(_ contents: [UInt8], teacher: UInt64) throws -> String? {
    guard makeRoom(for: contents.count, teacher: teacher, sparingOwn: true) else { return nil }
    if !FileManager.default.fileExists(atPath: path) { try prepare() }
    let name = "\(own(teacher))\(String(ContentHash.of(contents), radix: 16))\(Self.suffix)"
    let file = "\(path)/\(name)"
    try AtomicFile.write(contents, to: file)
    return file
  }

  /// Removes the least recently used files until there is room.
  @discardableResult
  private func makeRoom(for bytes: Int, teacher: UInt64, sparingOwn: Bool) -> Bool {
    guard bytes <= byteLimit else { return false }
    var entries = entries(teacher).sorted { ($0.isOwn ? 1 : 0, $0.opened) < ($1.isOwn ? 1 : 0, $1.opened) }
    var used = entries.reduce(0) { $0 + $1.bytes }
    while used > byteLimit - bytes, let oldest = entries.first, !(oldest.isOwn && sparingOwn) {
      unlink(oldest.path)
      used -= oldest.bytes
      entries.removeFirst()
    }
    return used <= byteLimit - bytes
  }

  private func entries(_ teacher: UInt64) -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
      var status = stat()
      let file = "\(path)/\(name)"
      guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      let opened = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
      return Entry(
        path: file, bytes: Int(status.st_size), opened: opened,
        isOwn: name.hasPrefix(own(teacher)))
    }
  }
}
