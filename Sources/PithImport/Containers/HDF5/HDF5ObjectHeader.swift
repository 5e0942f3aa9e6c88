import PithGraph

/// The messages of an object: what it is, its attributes, and where its data lies.
struct HDF5ObjectHeader {
  enum Kind: Int {
    case dataspace = 1
    case linkInfo = 2
    case datatype = 3
    case link = 6
    case externalFiles = 7
    case layout = 8
    case filters = 11
    case attribute = 12
    case continuation = 16
    case symbolTable = 17
    case attributeInfo = 21
  }

  struct Message {
    var kind: Kind
    /// Whether the message is elsewhere and this says only where.
    var isShared: Bool
    var body: UnsafeRawBufferPointer
  }

  private(set) var messages: [Message] = []
  private var waiting: [(address: Int, count: Int)] = []

  /// Messages of one object: far more than any that Keras writes has.
  private static let messageLimit = 1 << 16

  init(_ file: HDF5File, at address: Int) throws {
    var cursor = try file.open(address)
    if cursor.bytes.prefix(4).elementsEqual("OHDR".utf8) {
      try readNew(&cursor, file)
    } else {
      try readOld(&cursor, file)
    }
  }

  /// The first message of a kind.
  func first(_ kind: Kind) throws -> HDF5Cursor? {
    guard let message = messages.first(where: { $0.kind == kind }) else { return nil }
    guard !message.isShared else {
      throw GraphError("its HDF5 data shares descriptions between objects; save the model with h5py")
    }
    return HDF5Cursor(message.body)
  }

  /// Version 1.
  private mutating func readOld(_ cursor: inout HDF5Cursor, _ file: HDF5File) throws {
    _ = try cursor.version(1...1, of: "object header")
    try cursor.skip(7)
    let size = try cursor.int(4)
    try cursor.skip(4)
    try file.spend(size)
    try read(HDF5Cursor(try cursor.take(size))) { cursor in
      guard cursor.remaining >= 8 else { return nil }
      let (kind, size, flags) = (try cursor.int(2), try cursor.int(2), try cursor.int(1))
      try cursor.skip(3)
      return (kind, size, flags)
    }
    while let (address, count) = waiting.popLast() {
      try read(try file.structure(address, count)) { cursor in
        guard cursor.remaining >= 8 else { return nil }
        let (kind, size, flags) = (try cursor.int(2), try cursor.int(2), try cursor.int(1))
        try cursor.skip(3)
        return (kind, size, flags)
      }
    }
  }

  /// Version 2.
  private mutating func readNew(_ cursor: inout HDF5Cursor, _ file: HDF5File) throws {
    try cursor.signature("OHDR")
    _ = try cursor.version(2...2, of: "object header")
    let flags = try cursor.int(1)
    if flags & 0x20 != 0 { try cursor.skip(16) }
    if flags & 0x10 != 0 { try cursor.skip(4) }
    let size = try cursor.int(1 << (flags & 3))
    try file.spend(size)
    let headSize = flags & 4 != 0 ? 6 : 4
    func head(_ cursor: inout HDF5Cursor) throws -> (Int, Int, Int)? {
      // What is too short for a message is a gap.
      guard cursor.remaining >= headSize else { return nil }
      let (kind, size, messageFlags) = (try cursor.int(1), try cursor.int(2), try cursor.int(1))
      if flags & 4 != 0 { try cursor.skip(2) }
      return (kind, size, messageFlags)
    }
    try read(HDF5Cursor(try cursor.take(size)), head)
    while let (address, count) = waiting.popLast() {
      var chunk = try file.structure(address, count)
      try chunk.signature("OCHK")
      try read(HDF5Cursor(try chunk.take(Swift.max(0, count - 8))), head)
    }
  }

  private mutating func read(
    _ chunk: HDF5Cursor, _ head: (inout HDF5Cursor) throws -> (Int, Int, Int)?
  ) throws {
    var cursor = chunk
    while let (number, size, flags) = try head(&cursor) {
      let body = try cursor.take(size)
      guard let kind = Kind(rawValue: number) else { continue }
      guard messages.count < Self.messageLimit else { throw HDF5File.damage("an object has no end") }
      messages.append(Message(kind: kind, isShared: flags & 2 != 0, body: body))
      if kind == .continuation {
        var continuation = HDF5Cursor(body)
        guard let address = try continuation.address() else { continue }
        waiting.append((address, try continuation.int(8)))
      }
    }
  }
}
