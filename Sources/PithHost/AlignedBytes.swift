import CPith
import Glibc

/// Memory at a multiple of PITH_ALIGNMENT.
final class AlignedBytes {
  let start: UnsafeMutableRawPointer
  let count: Int
  private let origin: Origin

  private enum Origin {
    case heap
    case pages(Int)
  }

  /// From here on whole pages of the system's. It hands them out zeroed when they are first touched, so that neither time
  /// nor memory goes to those that nobody uses.
  private static let leastPages = 1 << 17

  /// Zeroed.
  init(count: Int) {
    if count >= Self.leastPages {
      guard let pages = Self.pages(count) else { fatalError("no memory for \(count) bytes") }
      start = pages
      origin = .pages(count)
    } else {
      let alignment = Int(PITH_ALIGNMENT)
      start = .allocate(byteCount: max(count, alignment), alignment: alignment)
      start.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, alignment))
      origin = .heap
    }
    self.count = count
  }

  convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { start.copyMemory(from: base, byteCount: source.count) }
    }
  }

  /// `room` bytes of pages, of which `count` hold something.
  private init(pages start: UnsafeMutableRawPointer, room: Int, count: Int) {
    self.start = start
    self.count = count
    origin = .pages(room)
  }

  deinit {
    switch origin {
    case .heap: start.deallocate()
    case .pages(let room): munmap(start, room)
    }
  }

  /// The content of a regular file, copied by one read straight to where it stays. Throws one line that names the file.
  static func read(path: String) throws(PithError) -> AlignedBytes {
    let (descriptor, size) = try open(path: path)
    defer { close(descriptor) }
    // An empty file is for the runtime to refuse, as every other that is too short.
    if size == 0 { return AlignedBytes(count: 0) }
    guard let pages = pages(size) else { throw failure(path, ENOMEM) }
    var count = 0
    while count < size {
      // The system reads at most 2 GB at a time.
      let step = Glibc.read(descriptor, pages + count, size - count)
      if step < 0 && errno == EINTR { continue }
      guard step >= 0 else {
        let number = errno
        munmap(pages, size)
        throw failure(path, number)
      }
      if step == 0 { break }
      count += step
    }
    return AlignedBytes(pages: pages, room: size, count: count)
  }

  /// The content of a regular file where the system keeps it. Whoever touches a page that another process has cut off
  /// the file meanwhile is ended by SIGBUS. Throws one line that names the file.
  static func map(path: String) throws(PithError) -> AlignedBytes {
    let (descriptor, size) = try open(path: path)
    defer { close(descriptor) }
    if size == 0 { return AlignedBytes(count: 0) }
    // Without MAP_POPULATE, which would wait for weights that a disk has yet to give; with a warm cache it gains nothing.
    guard let pages = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), pages != MAP_FAILED else {
      throw failure(path, errno)
    }
    return AlignedBytes(pages: pages, room: size, count: size)
  }

  /// A descriptor to be closed, and the file's bytes.
  private static func open(path: String) throws(PithError) -> (descriptor: Int32, size: Int) {
    // Without O_NONBLOCK a pipe would wait for its writer before it can be refused.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, errno) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else {
      let number = errno
      close(descriptor)
      throw failure(path, number)
    }
    let kind = information.st_mode & S_IFMT
    guard kind == S_IFREG else {
      close(descriptor)
      throw kind == S_IFDIR
        ? failure(path, EISDIR) : PithError(PITH_ERROR_ARGUMENT, "\(path): Not a regular file")
    }
    return (descriptor, Int(information.st_size))
  }

  /// Zeroed pages of nobody else's; nil where there is no memory.
  private static func pages(_ count: Int) -> UnsafeMutableRawPointer? {
    let pages = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return pages == MAP_FAILED ? nil : pages
  }

  private static func failure(_ path: String, _ number: Int32) -> PithError {
    let reason = strerror(number).map { String(cString: $0) } ?? "unreadable"
    return PithError(PITH_ERROR_ARGUMENT, "\(path): \(reason)")
  }
}
