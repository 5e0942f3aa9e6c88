import Foundation
import PithFiles
import Synchronization

/// A teacher's outputs on disk, so that a teacher sees each sample once and not once an epoch.
///
/// A row is found by what the teacher is and what the sample is, preprocessed as the teacher sees it: data that change,
/// other preprocessing or another teacher find nothing, and nothing has to be declared stale. Rows are gathered into
/// files of some megabytes, each written whole or not at all. All may be deleted at any time, and what is damaged counts as
/// missing: it is computed again. All files of the directory together stay within the limit; to make room, the least
/// recently opened ones of other teachers go, and then no more is written.
public final class TeacherCache: Sendable {
  /// What a run found and what went wrong.
  public struct Summary: Sendable, Hashable {
    public var found = 0
    public var missing = 0
    /// Why nothing more is written, as one sentence.
    public var problem: String?
  }

  private struct State {
    var places: [UInt64: (file: TeacherCacheFile, slot: Int)] = [:]
    var pending: [UInt64: Int] = [:]
    var pendingSamples: [UInt64] = []
    var pendingRows: [Float] = []
    var isFull = false
    var summary = Summary()
  }

  /// Floats of a row.
  public let width: Int
  private let folder: TeacherCacheFolder
  private let teacher: UInt64
  private let state = Mutex(State())

  /// Bytes of rows that are gathered before they are written: so many that a usual cache has no more than some hundred files.
  private var segmentBytes: Int { min(64 << 20, max(8 << 20, folder.byteLimit / 128)) }

  /// Opens the cache of a teacher; the directory is made where it does not exist.
  /// - Parameters:
  ///   - byteLimit: of all files of the cache together.
  ///   - teacher: names the network and which of its values a row holds.
  ///   - width: floats of a row.
  /// - Throws: `FileError` where the directory can neither be used nor made.
  public init(directory: String, byteLimit: Int, teacher: UInt64, width: Int) throws {
    self.width = width
    self.teacher = teacher
    folder = TeacherCacheFolder(path: directory, byteLimit: byteLimit)
    try folder.prepare()
    let files = folder.files(of: teacher).compactMap {
      TeacherCacheFile(path: $0, teacher: teacher, width: width)
    }
    state.withLock { state in
      for file in files {
        for (slot, sample) in file.samples.enumerated() { state.places[sample] = (file, slot) }
      }
    }
  }

  public var summary: Summary { state.withLock { $0.summary } }

  /// The outputs for a sample; nil where they are not there or damaged.
  public func row(of sample: UInt64) -> [Float]? {
    state.withLock { state in
      if let slot = state.pending[sample] {
        state.summary.found += 1
        return Array(state.pendingRows[slot * width..<(slot + 1) * width])
      }
      if let (file, slot) = state.places[sample] {
        if let row = file.row(slot) {
          state.summary.found += 1
          return row
        }
        state.places[sample] = nil
      }
      state.summary.missing += 1
      return nil
    }
  }

  /// Takes the outputs for a sample.
  public func add(_ row: [Float], of sample: UInt64) {
    precondition(row.count == width, "a row of \(row.count) floats in a cache of \(width)")
    state.withLock { state in
      guard !state.isFull, state.pending[sample] == nil, state.places[sample] == nil else { return }
      state.pending[sample] = state.pendingSamples.count
      state.pendingSamples.append(sample)
      state.pendingRows += row
      if state.pendingRows.count * 4 >= segmentBytes { write(&state) }
    }
  }

  /// Writes what was gathered.
  public func flush() { state.withLock { write(&$0) } }

  private func write(_ state: inout State) {
    guard !state.pendingSamples.isEmpty else { return }
    let contents = TeacherCacheFile.contents(
      samples: state.pendingSamples, rows: state.pendingRows, width: width, teacher: teacher)
    do {
      if let path = try folder.write(contents, teacher: teacher) {
        guard let file = TeacherCacheFile(path: path, teacher: teacher, width: width) else {
          throw FileError(path: path, reason: "cannot be opened again")
        }
        for (slot, sample) in file.samples.enumerated() { state.places[sample] = (file, slot) }
      } else {
        state.isFull = true
        state.summary.problem =
          "the teachers' cache is full; --cache-limit above \(folder.byteLimit) bytes would keep more"
      }
    } catch {
      state.isFull = true
      state.summary.problem = "the teachers' outputs are not kept any more: \(error)"
    }
    state.pending = [:]
    state.pendingSamples = []
    state.pendingRows = []
  }
}
