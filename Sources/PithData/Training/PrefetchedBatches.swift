import Foundation

/// The batches of an epoch, in order. One thread makes them, up to two ahead of the one that is used.
public final class PrefetchedBatches: Sequence, IteratorProtocol {
  private let queue: Queue

  init(_ loader: BatchLoader, epoch: Int, from step: Int) {
    queue = Queue(loader, epoch: epoch, from: step)
    let queue = queue
    let thread = Thread { queue.produce() }
    thread.name = "pith-batches"
    thread.start()
  }

  deinit { queue.cancel() }

  /// Waits for the next batch.
  /// - Returns: `nil` after the last.
  public func next() -> SampleBatch? { queue.take() }

  /// A bounded queue: the memory of its batches is used again in turn.
  private final class Queue: @unchecked Sendable {
    private final class Slot {
      var batch = SampleBatch()
    }

    private let loader: BatchLoader
    private let epoch: Int
    /// How many batches are made ahead.
    private static let ahead = 2
    /// Those ahead, and the one that is used.
    private let slots = (0...ahead).map { _ in Slot() }
    private let condition = NSCondition()
    // Guarded by the condition: steps, and whether anyone still waits for them.
    private var produced: Int
    private var taken: Int
    private var isCancelled = false

    init(_ loader: BatchLoader, epoch: Int, from step: Int) {
      self.loader = loader
      self.epoch = epoch
      produced = step
      taken = step
    }

    func produce() {
      let order = loader.order(inEpoch: epoch)
      var scratch = BatchScratch()
      while let step = waitForRoom() {
        // No one else touches this slot: the batch that was in it has been taken, and the next one too.
        let slot = slots[step % slots.count]
        loader.fill(&slot.batch, epoch: epoch, step: step, order: order, scratch: &scratch)
        condition.withLock {
          produced = step + 1
          condition.signal()
        }
      }
    }

    /// - Returns: the step to make, or `nil` when no more are wanted.
    private func waitForRoom() -> Int? {
      condition.withLock {
        while !isCancelled, produced < loader.stepsPerEpoch, produced - taken >= Queue.ahead {
          condition.wait()
        }
        return isCancelled || produced >= loader.stepsPerEpoch ? nil : produced
      }
    }

    func take() -> SampleBatch? {
      condition.withLock {
        while taken == produced, taken < loader.stepsPerEpoch { condition.wait() }
        guard taken < produced else { return nil }
        let batch = slots[taken % slots.count].batch
        taken += 1
        condition.signal()
        return batch
      }
    }

    func cancel() {
      condition.withLock {
        isCancelled = true
        condition.signal()
      }
    }
  }
}
