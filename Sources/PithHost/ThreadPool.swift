import CPith
import Glibc
import Synchronization

/// Threads that share the pieces of an instruction: the `pith_parallel` of a host. They spin for a moment after
/// each job, as the next instruction's comes soon, and then sleep.
///
/// A job is claimed piece by piece from one atomic word, so nobody waits for a thread that is still waking up.
public final class ThreadPool: Sendable {
  private let shared: Shared
  private let workers: [pthread_t]

  /// Threads that work on a job, the caller's among them.
  public var threads: Int { workers.count + 1 }

  /// A pool of `threads` threads, the caller's included; fewer where the system refuses more.
  public init(threads: Int) {
    let shared = Shared()
    var workers: [pthread_t] = []
    for _ in 1..<max(threads, 1) {
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(shared)
      let status = pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().work() }
          return nil
        }, argument.toOpaque())
      guard status == 0 else {
        argument.release()
        break
      }
      workers.append(thread)
    }
    self.shared = shared
    self.workers = workers
  }

  deinit {
    shared.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Calls `body` with 0..<count, in any order and on any of the threads, and returns when all are done. Calls from
  /// several threads, or from within a body, run on their own thread alone while the pool is busy.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var box = ClosureBox(body: body)
      withUnsafeMutablePointer(to: &box) { context in
        shared.run(
          UInt32(clamping: count),
          { context, index in
            context?.assumingMemoryBound(to: ClosureBox.self).pointee.body(Int(index))
          }, context)
      }
    }
  }

  /// The `pith_options.parallel` whose `pool` is a ThreadPool, unretained.
  public static let callback: pith_parallel = { pool, count, body, context in
    guard let pool, let body else { return }
    Unmanaged<ThreadPool>.fromOpaque(pool).takeUnretainedValue().shared.run(count, body, context)
  }
}

private struct ClosureBox {
  let body: @Sendable (Int) -> Void
}

private typealias Piece = @convention(c) (UnsafeMutableRawPointer?, UInt32) -> Void

/// What the threads of a pool have in common.
private final class Shared: @unchecked Sendable {
  // Unchecked: `piece` and `context` are written only while no piece of a job is left to claim and read only by
  // those who claimed one; the rest is atomic or guarded by `mutex`.
  private var piece: Piece?
  private var context: UnsafeMutableRawPointer?
  /// The job on offer: its number, its pieces, and how many of them are claimed. A claim compares the whole
  /// word, so that it cannot hit a later job.
  private let ticket = Atomic<UInt64>(0)
  private let finished = Atomic<UInt32>(0)
  private let sleepers = Atomic<UInt32>(0)
  private let isBusy = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  private static let pieceBits: UInt64 = 20
  private static let mostPieces: UInt32 = 1 << 20 - 1
  private static let spins = 4000

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  private static func hasWork(_ ticket: UInt64) -> Bool {
    let mask = UInt64(mostPieces)
    return ticket & mask < ticket >> pieceBits & mask
  }

  func run(_ count: UInt32, _ body: @escaping Piece, _ context: UnsafeMutableRawPointer?) {
    let isMine =
      count > 1 && count <= Shared.mostPieces
      && isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    guard isMine else {
      for index in 0..<count { body(context, index) }
      return
    }
    piece = body
    self.context = context
    finished.store(0, ordering: .relaxed)
    let job = ticket.load(ordering: .relaxed) >> (2 * Shared.pieceBits) &+ 1
    ticket.store(
      job << (2 * Shared.pieceBits) | UInt64(count) << Shared.pieceBits, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    claimPieces()
    var waited = 0
    while finished.load(ordering: .acquiring) < count {
      waited += 1
      // The last pieces may belong to a thread that has lost its core.
      if waited % Shared.spins == 0 { sched_yield() }
    }
    isBusy.store(false, ordering: .releasing)
  }

  /// Runs pieces of the job on offer until all are claimed.
  private func claimPieces() {
    var seen = ticket.load(ordering: .acquiring)
    while Shared.hasWork(seen) {
      let claim = ticket.compareExchange(expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      guard claim.exchanged else {
        seen = claim.original
        continue
      }
      piece?(context, UInt32(truncatingIfNeeded: seen & UInt64(Shared.mostPieces)))
      finished.add(1, ordering: .releasing)
      seen = ticket.load(ordering: .acquiring)
    }
  }

  /// A worker's life.
  func work() {
    while !isStopped.load(ordering: .acquiring) {
      claimPieces()
      var spins = 0
      while spins < Shared.spins && !Shared.hasWork(ticket.load(ordering: .relaxed)) {
        spins += 1
      }
      if spins == Shared.spins { sleep() }
    }
  }

  private func sleep() {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !Shared.hasWork(ticket.load(ordering: .sequentiallyConsistent))
      && !isStopped.load(ordering: .sequentiallyConsistent)
    {
      pthread_cond_wait(condition, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  func stop() {
    pthread_mutex_lock(mutex)
    isStopped.store(true, ordering: .sequentiallyConsistent)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
