import PithFiles

/// Some of the samples of a store.
public struct SampleSubset: Sendable {
  public let store: SampleStore
  /// Which samples of the store these are, rising.
  public let indices: [Int]
  public var count: Int { indices.count }

  /// - Precondition: the indices are below the store's count.
  public init(_ store: SampleStore, indices: [Int]) {
    precondition(indices.allSatisfy { (0..<store.count).contains($0) }, "a sample that the store has not")
    self.store = store
    self.indices = indices
  }
}

/// How many samples are kept out of training, to see when to stop it.
public enum HeldOut: Codable, Hashable, Sendable {
  /// Above 0 and below 1; rounded to the nearest number of samples, and at least one.
  case fraction(Double)
  case count(Int)
}

extension SampleStore {
  /// All samples.
  public var allSamples: SampleSubset { SampleSubset(self, indices: Array(0..<count)) }

  /// Evenly spaced samples, at most `limit` of them, the same ones each time; all if `limit` is nil.
  public func evenlySpaced(_ limit: Int?) -> SampleSubset {
    let taken = min(count, max(1, limit ?? count))
    var spacing = EvenSpacing(count: taken, of: count)
    return SampleSubset(self, indices: (0..<taken).map { _ in spacing.next() })
  }

  /// Splits the samples at random into those for training and those held out. The same seed gives the same
  /// split.
  /// - Throws: `FileError` when either would be empty, or the number is out of its range.
  public func split(
    holdingOut part: HeldOut, seed: UInt64
  ) throws -> (training: SampleSubset, heldOut: SampleSubset) {
    let held: Int
    switch part {
    case .count(let number): held = number
    case .fraction(let fraction):
      guard fraction > 0, fraction < 1 else {
        throw FileError(
          path: name, reason: "a held-out part of \(fraction) cannot be; give a number between 0 and 1")
      }
      held = max(1, Int((Double(count) * fraction).rounded()))
    }
    guard held > 0, held < count else {
      throw FileError(
        path: name,
        reason: "holds \(count) samples, of which \(held) cannot be held out; one has to stay on "
          + "either side")
    }
    var order = Array(0..<count)
    var random = RandomStream(seed: seed, RandomPurpose.split)
    random.shuffle(&order)
    return (
      SampleSubset(self, indices: order[held...].sorted()),
      SampleSubset(self, indices: order[..<held].sorted())
    )
  }
}
