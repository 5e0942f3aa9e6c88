import PithGraph

/// A strict reader of the HDF5 files that h5py writes for Keras.
///
/// It knows groups (symbol tables, compact and dense links), attributes (compact and dense), and datasets (compact,
/// contiguous, chunked by a B-tree of version 1; deflate, shuffle and Fletcher-32) of numbers and strings. Soft and
/// external links, external storage, virtual datasets and other filters are refused. It is a reader of our own since
/// libhdf5 1.10 cannot be trusted with hostile files: every address and size is checked against the file here, work is
/// bounded by the file's size, and nothing is allocated by what the file declares before that was checked.
///
/// Format: https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html
final class HDF5File {
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  private let bytes: UnsafeRawBufferPointer
  private var rootAddress = 0
  /// What may still be read of structures and unpacked of chunks: cycles and bombs end here.
  private var budget: Int
  private var links: [Int: [String: HDF5Link]] = [:]

  /// - Parameter bytes: the file, which must outlive the reader and all that it returns.
  /// - Throws: `GraphError` where it is no HDF5 file or of a kind that Keras does not write.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    self.bytes = bytes
    let (size, overflow) = bytes.count.multipliedReportingOverflow(by: 32)
    budget = (overflow ? Int.max / 2 : size) + 64 << 20
    rootAddress = try HDF5File.rootAddress(bytes)
  }

  /// The group that holds everything.
  func root() throws -> HDF5Object { try HDF5Object(self, at: rootAddress, name: "/") }

  /// What to say of bytes that make no sense.
  static func damage(_ what: String) -> GraphError {
    GraphError("its HDF5 data is damaged: \(what); save or download the file again")
  }

  private static func rootAddress(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    var cursor = HDF5Cursor(bytes)
    guard try cursor.take(8).elementsEqual(signature) else { throw damage("it does not begin as HDF5 does") }
    let version = try cursor.version(0...3, of: "superblock")
    if version < 2 { try cursor.skip(4) }
    let (offsetSize, lengthSize) = (try cursor.int(1), try cursor.int(1))
    guard offsetSize == 8, lengthSize == 8 else {
      throw GraphError("its HDF5 addresses have \(offsetSize) bytes instead of 8; save the model with h5py")
    }
    try cursor.skip(version < 2 ? 9 + (version == 1 ? 4 : 0) : 1)
    guard try cursor.address() == 0 else {
      throw GraphError("its HDF5 data does not begin with the file; save the model with h5py")
    }
    _ = try cursor.address()
    guard let end = try cursor.address(), end <= bytes.count else {
      throw damage("the file is shorter than it says")
    }
    if version < 2 { try cursor.skip(16) }
    guard let root = try cursor.address() else { throw damage("it has no root group") }
    return root
  }

  // MARK: Bytes

  /// Counts work.
  /// - Throws: where it is more than an honest file of this size takes.
  func spend(_ amount: Int) throws {
    guard amount <= budget else {
      throw GraphError("its HDF5 data unpacks to far more than the file holds; is it meant to be a model?")
    }
    budget -= amount
  }

  /// Bytes of the file.
  func slice(_ address: Int, _ count: Int) throws -> UnsafeRawBufferPointer {
    guard address >= 0, count >= 0, address <= bytes.count, count <= bytes.count - address else {
      throw HDF5File.damage("something lies beyond the end of the file")
    }
    return UnsafeRawBufferPointer(rebasing: bytes[address..<(address + count)])
  }

  /// A structure of the file of `count` bytes.
  func structure(_ address: Int, _ count: Int) throws -> HDF5Cursor {
    try spend(count + 64)
    return HDF5Cursor(try slice(address, count))
  }

  /// A structure that ends nobody knows where yet.
  func open(_ address: Int) throws -> HDF5Cursor {
    try spend(64)
    return HDF5Cursor(try slice(address, Swift.max(0, bytes.count - address)))
  }

  // MARK: Groups

  /// The links of the group whose header is at that address, each read but once.
  func links(of object: HDF5Object) throws -> [String: HDF5Link] {
    if let known = links[object.address] { return known }
    let found = try object.readLinks()
    links[object.address] = found
    return found
  }
}

/// Where a name of a group leads.
enum HDF5Link {
  case object(Int)
  case soft
  case external
}
