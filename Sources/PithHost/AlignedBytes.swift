import CPith
import Glibc

/// Memory at a multiple of PITH_ALIGNMENT.
final class AlignedBytes {
  let start: UnsafeMutableRawPointer
  let count: Int

  /// Zeroed.
  init(count: Int) {
    let alignment = Int(PITH_ALIGNMENT)
    start = .allocate(byteCount: max(count, alignment), alignment: alignment)
    start.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, alignment))
    self.count = count
  }

  convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { start.copyMemory(from: base, byteCount: source.count) }
    }
  }

  deinit { start.deallocate() }

  /// The content of a file. It is copied, as a mapping would end the process should another one shorten the file.
  static func read(path: String) throws(PithError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PithError(PITH_ERROR_ARGUMENT, "\(path): \(message(errno))") }
    defer { close(descriptor) }
    var information = stat()
    let isSized = fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    var bytes: [UInt8] = []
    if isSized { bytes.reserveCapacity(Int(information.st_size) + 1) }
    let step = 1 << 20
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: 64)
    defer { chunk.deallocate() }
    while true {
      let count = Glibc.read(descriptor, chunk.baseAddress, step)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw PithError(PITH_ERROR_ARGUMENT, "\(path): \(message(errno))") }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[0..<count])
    }
  }

  private static func message(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "unreadable"
  }
}
