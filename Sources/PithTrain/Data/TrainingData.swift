/// Where batches come from.
///
/// What an epoch's batches are depends on the epoch's number and on what the value was made with, not on what was read
/// before: so a run can go on in the middle.
public protocol TrainingData: Sendable {
  /// Samples in an epoch.
  var sampleCount: Int { get }
  /// Batches in an epoch.
  var batchCount: Int { get }

  /// The batches of an epoch.
  /// - Parameters:
  ///   - epoch: from 0.
  ///   - first: the batch to begin with, from 0.
  func batches(epoch: Int, from first: Int) throws -> any TrainingBatches
}

/// The batches of an epoch, one after another; others may be prepared while one is used.
public protocol TrainingBatches: AnyObject {
  /// - Returns: nil after the last.
  /// - Throws: where the data cannot be read.
  func next() throws -> TrainingBatch?
}
