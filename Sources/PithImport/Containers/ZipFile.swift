import CZip
import PithGraph

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A zip archive in memory, of which single entries are read on demand by libzip; nothing is ever unpacked to disk.
///
/// Keras and PyTorch keep models in archives. Format: APPNOTE.TXT 6.3.10 of PKWARE.
final class ZipFile {
  /// A file in the archive. Folders are not listed.
  struct Entry {
    var name: String
    /// Bytes when unpacked, as the archive says.
    var size: Int
    /// Bytes in the archive.
    var packedSize: Int
    fileprivate var index: UInt64
    fileprivate var method: UInt16
    fileprivate var encryption: UInt16
  }

  /// Bounds of what an archive may hold.
  enum Limits {
    static let entries = 1 << 14
    /// An entry of more bytes than these may not be packed more tightly than `ratio`, as only made-up contents are; nor
    /// may all entries together.
    static let unsuspiciousSize = 16 << 20
    static let ratio = 200
  }

  /// In the order of the archive.
  let entries: [Entry]
  private let archive: OpaquePointer
  private let places: [String: Int]
  private let owner: AnyObject?

  /// Opens an archive and checks the names and sizes of all entries.
  /// - Parameters:
  ///   - bytes: the whole file, which must stay where it is as long as this object lives.
  ///   - owner: an object that keeps `bytes` alive.
  /// - Throws: `GraphError` for an archive that is damaged or suspicious.
  init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject? = nil) throws {
    guard !bytes.isEmpty else { throw GraphError("the zip archive is damaged: it is empty") }
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else {
      throw GraphError("the zip archive cannot be opened: \(String(cString: zip_error_strerror(&error)))")
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      throw GraphError(
        "the zip archive is damaged or cut short (\(String(cString: zip_error_strerror(&error)))); copy or save it again"
      )
    }
    do {
      let entries = try ZipFile.entries(archive, fileSize: bytes.count)
      self.entries = entries
      places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    } catch {
      zip_discard(archive)
      throw error
    }
    self.archive = archive
    self.owner = owner
  }

  deinit { zip_discard(archive) }

  /// The entry of that name.
  subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  /// The unpacked bytes of an entry, their checksum verified.
  /// - Parameter limit: how many bytes it may have.
  /// - Throws: `GraphError` where there is no such entry, it is too large, encrypted, packed by an uncommon method or
  ///   damaged.
  func read(_ name: String, limit: Int) throws -> [UInt8] {
    guard let entry = self[name] else {
      throw GraphError("the archive lacks '\(name.printable())'; save the model again")
    }
    return try read(entry, limit: limit)
  }

  /// The unpacked bytes of an entry of this archive, their checksum verified.
  /// - Parameter limit: how many bytes it may have.
  func read(_ entry: Entry, limit: Int) throws -> [UInt8] {
    let shown = "entry '\(entry.name.printable())' of the archive"
    guard entry.encryption == 0 else {
      throw GraphError("\(shown) is encrypted; save the model without a password")
    }
    guard entry.method == ZIP_CM_STORE || entry.method == ZIP_CM_DEFLATE else {
      throw GraphError("\(shown) is packed by method \(entry.method); only stored and deflated ones are read")
    }
    guard entry.size <= limit else {
      throw GraphError("\(shown) has \(entry.size) bytes, more than the \(limit) that are allowed")
    }
    guard let file = zip_fopen_index(archive, entry.index, 0) else {
      throw GraphError("\(shown) is damaged: \(String(cString: zip_strerror(archive)))")
    }
    defer { zip_fclose(file) }
    func failure() -> GraphError {
      GraphError("\(shown) is damaged: \(String(cString: zip_file_strerror(file))); copy or save it again")
    }
    return try [UInt8](unsafeUninitializedCapacity: entry.size) { buffer, count in
      while count < entry.size, let base = buffer.baseAddress {
        let got = zip_fread(file, base + count, UInt64(entry.size - count))
        guard got >= 0 else { throw failure() }
        guard got > 0 else { throw GraphError("\(shown) ends early; copy or save it again") }
        count += Int(got)
      }
      // The checksum is verified where the end is seen.
      var beyond: UInt8 = 0
      let got = zip_fread(file, &beyond, 1)
      guard got >= 0 else { throw failure() }
      guard got == 0 else {
        throw GraphError("\(shown) is longer than the archive says; the file is damaged")
      }
    }
  }

  // MARK: Opening

  private static func entries(_ archive: OpaquePointer, fileSize: Int) throws -> [Entry] {
    let count = Int(zip_get_num_entries(archive, 0))
    guard count <= Limits.entries else {
      throw GraphError("the zip archive has \(count) entries, more than \(Limits.entries)")
    }
    var entries: [Entry] = []
    var names = Set<String>()
    var (packed, unpacked) = (0, 0)
    let mostUnpacked = max(Limits.unsuspiciousSize, fileSize.multipliedReportingOverflow(by: Limits.ratio).0)
    for index in 0..<UInt64(max(0, count)) {
      var status = zip_stat_t()
      zip_stat_init(&status)
      guard zip_stat_index(archive, index, 0, &status) == 0, let text = status.name else {
        throw GraphError("the zip archive is damaged: \(String(cString: zip_strerror(archive)))")
      }
      let name = String(cString: text)
      try check(name: name)
      guard names.insert(name).inserted else {
        throw GraphError("the zip archive has '\(name.printable())' twice; save the model again")
      }
      guard let size = Int(exactly: status.size), let packedSize = Int(exactly: status.comp_size),
        packedSize <= fileSize - packed
      else {
        throw GraphError(
          "the zip archive's entries claim more bytes than the file has; it is damaged or a zip bomb")
      }
      packed += packedSize
      guard size <= max(Limits.unsuspiciousSize, packedSize.multipliedReportingOverflow(by: Limits.ratio).0)
      else {
        throw GraphError(
          "entry '\(name.printable())' of the archive unpacks from \(packedSize) to \(size) bytes, as zip bombs do; refused"
        )
      }
      guard size <= mostUnpacked - unpacked else {
        throw GraphError(
          "the zip archive's entries unpack from \(fileSize) to more than \(mostUnpacked) bytes, as zip bombs do; refused"
        )
      }
      unpacked += size
      if status.comp_method == ZIP_CM_STORE, status.encryption_method == 0, size != packedSize {
        throw GraphError("entry '\(name.printable())' of the archive has two sizes; the file is damaged")
      }
      guard !name.hasSuffix("/") else { continue }
      entries.append(
        Entry(
          name: name, size: size, packedSize: packedSize, index: index, method: status.comp_method,
          encryption: status.encryption_method))
    }
    return entries
  }

  /// Nothing is unpacked to disk, but an archive that would write elsewhere if it were is not to be trusted.
  private static func check(name: String) throws {
    let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    let isDrive = name.utf8.count > 1 && name.utf8.dropFirst().first == UInt8(ascii: ":")
    guard !name.isEmpty, !parts.contains(".."), parts.first?.isEmpty == false, !isDrive else {
      throw GraphError(
        "the zip archive has an entry '\(name.printable())' that points outside of it, as only hostile ones do; refused"
      )
    }
  }
}
