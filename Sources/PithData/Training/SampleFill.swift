import Dispatch
import Foundation
import PithFiles

/// Reads all samples of a data set into memory, on several threads where the source allows it. What is read,
/// and which error is reported, does not depend on their number.
final class SampleFill: @unchecked Sendable {
  private let dataSet: DataSet
  private let bytes: UnsafeMutableRawBufferPointer
  private let threads: Int
  private let progress: (@Sendable (Int) -> Void)?
  /// The labels that come with the samples.
  private let labels: UnsafeMutableBufferPointer<Double>

  private let lock = NSLock()
  private var nextChunk = 0
  private var done = 0
  private var failure: (chunk: Int, error: any Error)?

  /// Samples that a thread reads at a time.
  private static let chunk = 256

  init(
    _ dataSet: DataSet, into bytes: UnsafeMutableRawBufferPointer, threads: Int?,
    progress: (@Sendable (Int) -> Void)?
  ) {
    self.dataSet = dataSet
    self.bytes = bytes
    self.progress = progress
    let most = threads ?? ProcessInfo.processInfo.activeProcessorCount
    self.threads = dataSet.samples.isRandomAccess ? max(1, min(most, 64)) : 1
    labels = .allocate(capacity: dataSet.samples.holdsLabels ? dataSet.count : 0)
    labels.initialize(repeating: 0)
  }

  deinit { labels.deallocate() }

  /// - Returns: the labels that come with the samples, if they do.
  func run() throws -> [Double] {
    if threads == 1 {
      readChunks()
    } else {
      DispatchQueue.concurrentPerform(iterations: threads) { _ in readChunks() }
    }
    if let failure { throw failure.error }
    return Array(labels)
  }

  /// Takes one chunk after the other until none is left.
  private func readChunks() {
    var chunk = 0
    do {
      let reader = try dataSet.samples.makeReader()
      var raw = [Double](repeating: 0, count: dataSet.samples.holdsBytes ? 0 : dataSet.elementCount)
      var position = 0
      while let next = takeChunk() {
        chunk = next
        let start = chunk * SampleFill.chunk
        let end = min(start + SampleFill.chunk, dataSet.count)
        if start > position { try reader.skip(start - position) }
        for index in start..<end { try read(index, with: reader, &raw) }
        position = end
        report(end - start)
      }
      // One thread has read everything; several have no checksum to look at.
      if threads == 1 { try reader.finish() }
    } catch {
      lock.withLock {
        if failure.map({ chunk < $0.chunk }) ?? true { failure = (chunk, error) }
      }
    }
  }

  private func takeChunk() -> Int? {
    lock.withLock {
      guard failure == nil, nextChunk * SampleFill.chunk < dataSet.count else { return nil }
      nextChunk += 1
      return nextChunk - 1
    }
  }

  private func report(_ count: Int) {
    lock.withLock {
      done += count
      progress?(done)
    }
  }

  private func read(_ index: Int, with reader: any SampleReader, _ raw: inout [Double]) throws {
    let elements = dataSet.elementCount
    let label: Double?
    if dataSet.samples.holdsBytes {
      let sample = UnsafeMutableRawBufferPointer(rebasing: bytes[index * elements..<(index + 1) * elements])
      label = try reader.read(into: sample.bindMemory(to: UInt8.self))
    } else {
      let size = elements * 4
      let place = UnsafeMutableRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
      let values = place.bindMemory(to: Float.self)
      label = try raw.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
      let isFinite = raw.withUnsafeBufferPointer { dataSet.transform.apply($0, into: values) }
      guard isFinite else { throw dataSet.notFinite(sample: index, raw: raw, values: Array(values)) }
    }
    if let label, index < labels.count { labels[index] = label }
  }
}
