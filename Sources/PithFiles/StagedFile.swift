import Foundation

/// A file being written that is not yet at its place.
struct StagedFile: ~Copyable {
  private(set) var descriptor: Int32
  private let destination: String
  /// The name given by the user, for errors.
  private let path: String
  /// The hidden name beside the destination; `nil` while the file has none.
  private var temporary: String?

  /// Opens a file that ``publish()`` can rename to `destination`.
  init(for destination: String, named path: String) throws {
    let opened = StagedFile.open(beside: destination)
    guard opened.descriptor >= 0 else { throw FileError(writing: path, code: errno) }
    descriptor = opened.descriptor
    temporary = opened.name
    self.destination = destination
    self.path = path
  }

  /// Opens an unnamed file in the destination's directory, or a hidden one (with its name) where the file
  /// system, or a sandbox without `/proc`, has no unnamed files. A negative descriptor means `errno`.
  private static func open(beside destination: String) -> (descriptor: Int32, name: String?) {
    let (directory, name) = AtomicFile.split(destination)
    if name.isEmpty {
      errno = EISDIR
      return (-1, nil)
    }
    let descriptor = Foundation.open(directory, unnamed | O_WRONLY | O_CLOEXEC, 0o666)
    if descriptor >= 0 {
      if access("/proc/self/fd/\(descriptor)", F_OK) == 0 { return (descriptor, nil) }
      close(descriptor)
    }
    let hidden = hiddenName(beside: destination)
    return (Foundation.open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666), hidden)
  }

  /// Puts the complete file at its place.
  mutating func publish() throws {
    if temporary == nil {
      // An unnamed file cannot replace one that exists; it gets a hidden name for the moment in between.
      let hidden = StagedFile.hiddenName(beside: destination)
      let source = "/proc/self/fd/\(descriptor)"
      guard linkat(AT_FDCWD, source, AT_FDCWD, hidden, AT_SYMLINK_FOLLOW) == 0 else {
        throw FileError(writing: path, code: errno)
      }
      temporary = hidden
    }
    let open = descriptor
    descriptor = -1
    // Some file systems report a full disk only here.
    guard close(open) == 0 else { throw FileError(writing: path, code: errno) }
    guard let hidden = temporary, rename(hidden, destination) == 0 else {
      throw FileError(writing: path, code: errno)
    }
    temporary = nil
  }

  /// Removes what was written. Does nothing after ``publish()``.
  mutating func discard() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    if let temporary { unlink(temporary) }
    temporary = nil
  }

  private static func hiddenName(beside path: String) -> String {
    let (directory, name) = AtomicFile.split(path)
    let mark = String(UInt32.random(in: .min ... .max), radix: 36)
    // The longest name that file systems take is 255 bytes.
    return "\(directory)/.\(name.prefix(50)).\(getpid())-\(mark).part"
  }

  /// `O_TMPFILE`, a macro that Swift does not import: `__O_TMPFILE | O_DIRECTORY`.
  private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
}
