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
  init(_ total: Int32, unit: Int32, pieces: Int32) {
    self.total = total
    let even = (total &+ pieces &- 1) / pieces
    let whole = (even &+ unit &- 1) / unit &* unit
    size = whole < total ? whole : total
  }

  var count: UInt32 {
    size > 0 ? UInt32(truncatingIfNeeded: (total &+ size &- 1) / size) : 1
  }

  /// How much longer the largest share is than an even one, in 1/1024.
  func unevenness(pieces: Int32) -> Int {
    total > 0 ? Int(size) &* Int(pieces) &* 1024 / Int(total) : 1024
  }

  func begin(_ index: UInt32) -> Int32 { Int32(truncatingIfNeeded: index) &* size }
  func end(_ index: UInt32) -> Int32 {
    let end = begin(index) &+ size
    return end < total ? end : total
  }
}

extension Executor {
  /// Cost below which splitting an instruction costs more than it gains, in multiply-adds or as much time.
  static var worthSplitting: UInt64 { 200_000 }

  /// How many parts to run at the same time, at most `most`.
  func pieces(cost: UInt64, most: Int32) -> Int32 {
    guard threads > 1, parallel != nil, cost >= Executor.worthSplitting, most > 1 else { return 1 }
    let worth = cost / (Executor.worthSplitting / 2)
    let wanted = UInt64(widening: threads) < worth ? UInt64(widening: threads) : worth
    return wanted < UInt64(widening: UInt32(bitPattern: most)) ? Int32(truncatingIfNeeded: wanted) : most
  }

  /// Runs `body` for every share of `context`, which must stay where it is: at the same time where there are several.
  func share<Context>(
    _ context: inout Context, _ count: UInt32,
    _ body: @convention(c) (UnsafeMutableRawPointer?, UInt32) -> Void
  ) {
    withUnsafeMutablePointer(to: &context) { context in
      if let parallel, count > 1 {
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
