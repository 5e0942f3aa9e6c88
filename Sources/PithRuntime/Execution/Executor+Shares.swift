import CPith
import CPithKernels

/// What is shared out of an instruction: rows of the output, pixels, or channels.
///
/// A share begins at a multiple of `unit`, so that kernels keep their whole tiles. Every division gives the same bytes.
struct Shares {
  /// Rows, pixels or channels.
  let total: Int32
  /// The size of each share but the last.
  let size: Int32

  /// Of `total` in at most `pieces` parts.
  @inline(__always)
  init(_ total: Int32, unit: Int32, pieces: Int32) {
    self.total = total
    guard Executor.hasThreads else {
      size = total
      return
    }
    let even = (total &+ pieces &- 1) / pieces
    let whole = (even &+ unit &- 1) / unit &* unit
    size = whole < total ? whole : total
  }

  @inline(__always)
  var count: UInt32 {
    if !Executor.hasThreads { return 1 }
    return size > 0 ? UInt32(truncatingIfNeeded: (total &+ size &- 1) / size) : 1
  }

  /// How much longer the largest share is than an even one, in 1/1024.
  func unevenness(pieces: Int32) -> Int {
    total > 0 ? Int(size) &* Int(pieces) &* 1024 / Int(total) : 1024
  }

  @inline(__always)
  func begin(_ index: UInt32) -> Int32 {
    Executor.hasThreads ? Int32(truncatingIfNeeded: index) &* size : 0
  }

  @inline(__always)
  func end(_ index: UInt32) -> Int32 {
    if !Executor.hasThreads { return total }
    let end = begin(index) &+ size
    return end < total ? end : total
  }
}

extension Executor {
  /// Whether instructions are shared at all: a build for microcontrollers leaves that out, and runs everything as one piece.
  @inline(__always)
  static var hasThreads: Bool {
    #if PITH_SINGLE_THREADED
    false
    #else
    true
    #endif
  }

  /// Cost below which splitting an instruction costs more than it gains, in multiply-adds or as much time.
  static var worthSplitting: UInt64 { 200_000 }

  /// How many parts to run at the same time, at most `most`.
  @inline(__always)
  func pieces(cost: @autoclosure () -> UInt64, most: Int32) -> Int32 {
    Executor.hasThreads && threads > 1 ? pieces(worth: cost(), most: most) : 1
  }

  private func pieces(worth cost: UInt64, most: Int32) -> Int32 {
    guard parallel != nil, cost >= Executor.worthSplitting, most > 1 else { return 1 }
    let worth = cost / (Executor.worthSplitting / 2)
    let wanted = UInt64(widening: threads) < worth ? UInt64(widening: threads) : worth
    return wanted < UInt64(widening: UInt32(bitPattern: most)) ? Int32(truncatingIfNeeded: wanted) : most
  }

  /// Runs `body` for every share of `context`, which must stay where it is: at the same time where there are several.
  @inline(__always)
  func share<Context>(
    _ context: inout Context, _ count: UInt32,
    _ body: @convention(c) (UnsafeMutableRawPointer?, UInt32) -> Void
  ) {
    withUnsafeMutablePointer(to: &context) { context in
      if !Executor.hasThreads {
        body(UnsafeMutableRawPointer(context), 0)
      } else if let parallel, count > 1 {
        parallel(pool, count, body, UnsafeMutableRawPointer(context))
      } else {
        var index: UInt32 = 0
        while index < count {
          body(UnsafeMutableRawPointer(context), index)
          index &+= 1
        }
      }
    }
  }
}
