import Foundation

/// Files that appear whole or not at all: written beside their place, then renamed into it.
///
/// Where the file system can (`O_TMPFILE`: ext4, XFS, Btrfs, tmpfs), the file has no name until it is
/// complete, so that not even a kill in the middle leaves anything behind. Elsewhere it has a hidden name
/// in the same directory, which is removed when the body throws.
///
/// A path that names something other than a file, such as `/dev/stdout` or a pipe, is written directly. A
/// symbolic link is followed: the file that it points at is replaced, and the link stays.
public enum AtomicFile {
  /// Writes what `body` puts into the sink to the file at `path`, replacing one that exists.
  /// - Parameter sync: whether to wait until the bytes are on the disk (`fsync`).
  /// - Throws: ``FileError`` for the file, or what `body` throws; then nothing at `path` has changed.
  public static func write(
    to path: String, sync: Bool = false, _ body: (inout FileSink) throws -> Void
  ) throws {
    guard !path.isEmpty else { throw FileError(path: "''", reason: "the output's name is empty") }
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw FileError(writing: path, code: EISDIR) }
    if exists, kind != S_IFREG { return try writeDirectly(to: path, body) }
    // Renaming would replace even a file that its owner has protected against writing.
    if exists, access(path, W_OK) != 0 { throw FileError(writing: path, code: errno) }

    let place = resolved(path)
    var staged = try StagedFile(for: place, named: path)
    do {
      var sink = FileSink(descriptor: staged.descriptor, path: path)
      try body(&sink)
      try sink.flush()
      if exists { fchmod(staged.descriptor, status.st_mode & 0o7777) }
      if sync, fsync(staged.descriptor) != 0 { throw FileError(writing: path, code: errno) }
      try staged.publish()
    } catch {
      staged.discard()
      throw error
    }
  }

  /// Writes `bytes` to the file at `path`, replacing one that exists.
  /// - Throws: ``FileError``; then nothing at `path` has changed.
  public static func write(_ bytes: some ContiguousBytes, to path: String, sync: Bool = false) throws {
    try write(to: path, sync: sync) { try $0.write(bytes) }
  }

  /// Writes `text` as UTF-8 to the file at `path`, replacing one that exists.
  /// - Throws: ``FileError``; then nothing at `path` has changed.
  public static func write(_ text: String, to path: String, sync: Bool = false) throws {
    try write(to: path, sync: sync) { try $0.write(text) }
  }

  private static func writeDirectly(to path: String, _ body: (inout FileSink) throws -> Void) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(writing: path, code: errno) }
    defer { close(descriptor) }
    var sink = FileSink(descriptor: descriptor, path: path)
    try body(&sink)
    try sink.flush()
  }

  /// The path with a final symbolic link followed, where there is one.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// The directory that holds `path` (`.` where it names none), and the last component.
  static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, String(path[path.index(after: slash)...]))
  }
}
