import Foundation
import PithFiles

/// A file that holds where a run stands, so that it can go on after an interruption.
///
/// It holds sections: names and bytes. Saving writes all of them beside the file and renames it, so that at any moment
/// the file is whole. Several parties may share one: a pipeline keeps its own stage in it, and the trainer the stage's
/// progress, under names that begin with its own.
public final class Checkpoint {
  public let path: String
  /// What the run is; a checkpoint of another run is refused.
  public let identity: RunIdentity
  /// How long to wait between saves in the middle of an epoch.
  public var interval: Duration
  private var sections: [String: [UInt8]] = [:]
  private var lastSave = ContinuousClock.now
  private var lastSync: ContinuousClock.Instant?

  /// Names the file; nothing is read or written yet.
  public init(path: String, identity: RunIdentity, interval: Duration = .seconds(60)) {
    self.path = path
    self.identity = identity
    self.interval = interval
  }

  /// A section's bytes; nil where there is none.
  public subscript(name: String) -> [UInt8]? {
    get { sections[name] }
    set { sections[name] = newValue }
  }

  public var names: [String] { sections.keys.sorted() }

  /// Removes all sections whose names begin so.
  public func removeSections(prefix: String) {
    sections = sections.filter { !$0.key.hasPrefix(prefix) }
  }

  /// Whether enough time has passed since the last save, or since the beginning.
  public var isDue: Bool { lastSave.duration(to: .now) >= interval }

  /// Reads the file.
  /// - Returns: whether there is one.
  /// - Throws: `FileError` where it is damaged, of another version, or of another run.
  public func load() throws -> Bool {
    guard access(path, F_OK) == 0 else { return false }
    let (found, sections) = try CheckpointFile.read(path)
    if let difference = identity.difference(from: found) {
      throw FileError(
        path: path,
        reason:
          "is the checkpoint of another run: \(difference); repeat the command as it was, or leave out --resume"
      )
    }
    self.sections = sections
    return true
  }

  /// Writes the file, whole or not at all.
  /// - Throws: `FileError` where it cannot be written.
  public func save() throws {
    // Renaming alone outlives the process; for the machine's sake the disk is waited for, but not all the time.
    let now = ContinuousClock.now
    let syncs = lastSync.map { $0.duration(to: now) > .seconds(5) } ?? true
    try CheckpointFile.write(to: path, identity: identity, sections: sections, sync: syncs)
    if syncs { lastSync = .now }
    lastSave = .now
  }

  /// Removes the file, when the run has given its result.
  public func remove() { unlink(path) }
}

extension Checkpoint {
  /// Stores a value as JSON.
  /// - Throws: what `JSONEncoder` throws.
  public func set(_ name: String, _ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self[name] = [UInt8](try encoder.encode(value))
  }

  /// A value that was stored as JSON; nil where there is none.
  /// - Throws: `FileError` where it is of another form.
  public func value<Value: Decodable>(_ name: String, as: Value.Type = Value.self) throws -> Value? {
    guard let bytes = self[name] else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(Value.self, from: Data(bytes))
    } catch {
      throw damaged(name)
    }
  }

  /// Stores arrays of floats, bit for bit.
  public func set(_ name: String, floats arrays: [[Float]]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + arrays.reduce(0) { $0 + 8 + 4 * $1.count })
    func append(_ count: Int) { withUnsafeBytes(of: UInt64(count).littleEndian) { bytes += $0 } }
    append(arrays.count)
    for array in arrays {
      append(array.count)
      // Every platform that Pith's toolchain runs on is little-endian.
      array.withUnsafeBytes { bytes += $0 }
    }
    self[name] = bytes
  }

  /// Arrays of floats that were stored; nil where there are none.
  /// - Throws: `FileError` where the section is damaged.
  public func floats(_ name: String) throws -> [[Float]]? {
    guard let bytes = self[name] else { return nil }
    var reader = ByteCursor(bytes)
    guard let count = reader.count(), count <= bytes.count else { throw damaged(name) }
    var result: [[Float]] = []
    for _ in 0..<count {
      guard let count = reader.count(), count <= bytes.count / 4, let raw = reader.take(4 * count) else {
        throw damaged(name)
      }
      result.append(
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
          UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes[raw])
          initialized = count
        })
    }
    guard reader.isAtEnd else { throw damaged(name) }
    return result
  }

  /// What to say of a section that does not hold what it should.
  public func damaged(_ name: String) -> FileError {
    FileError(
      path: path,
      reason:
        "the checkpoint's part '\(name)' is damaged; delete the file, or leave out --resume to begin anew")
  }
}
