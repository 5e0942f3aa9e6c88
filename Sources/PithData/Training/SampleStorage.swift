import Foundation
import PithFiles

/// Memory for the samples of a data set; beyond a budget it is a temporary file, which the system pages.
///
/// The file has no name, so that it goes with the process, however that ends.
final class SampleStorage: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
  let isFile: Bool

  /// - Throws: `FileError` when there is neither memory nor space for it.
  init(byteCount: Int, budget: Int, name: String) throws {
    isFile = byteCount > budget
    let descriptor = isFile ? try SampleStorage.makeFile(byteCount, name: name) : -1
    defer { if descriptor >= 0 { close(descriptor) } }
    let flags = isFile ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS
    let base = mmap(nil, max(1, byteCount), PROT_READ | PROT_WRITE, flags, descriptor, 0)
    guard let base, base != MAP_FAILED else {
      throw FileError(
        path: name, reason: "takes \(byteCount >> 20) MiB, for which there is no memory: \(text(of: errno))")
    }
    bytes = UnsafeMutableRawBufferPointer(start: base, count: byteCount)
  }

  deinit { munmap(bytes.baseAddress, max(1, bytes.count)) }

  private static func makeFile(_ byteCount: Int, name: String) throws -> Int32 {
    let environment = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    let directory = environment.isEmpty ? "/tmp" : environment
    var descriptor = open(directory, unnamed | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor < 0 {
      // Not every file system has files without a name.
      var path = Array((directory + "/pith-samples-XXXXXX").utf8CString)
      descriptor = mkstemp(&path)
      if descriptor >= 0 {
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      }
    }
    let remedy = "set TMPDIR to a directory with \(byteCount >> 20) MiB of space, or allow more memory"
    guard descriptor >= 0 else {
      throw FileError(
        path: directory, reason: "no temporary file for the samples of \(name): \(text(of: errno)); \(remedy)"
      )
    }
    // Space is taken now: a full disk would otherwise show as a fault on writing to the mapping.
    let code = posix_fallocate(descriptor, 0, byteCount)
    if code != 0 {
      close(descriptor)
      throw FileError(
        path: directory, reason: "no room for the samples of \(name): \(text(of: code)); \(remedy)")
    }
    return descriptor
  }

  /// `O_TMPFILE`, a macro that Swift does not import: `__O_TMPFILE | O_DIRECTORY`.
  private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
}

private func text(of code: Int32) -> String { String(cString: strerror(code)).lowercased() }
