import COpenBLAS
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How many threads the engine computes with.
///
/// The engine cuts its work into pieces of its own, images where it can, and runs OpenBLAS with one thread: products of
/// one image are too small to be worth sharing out. Where the cuts are does not depend on the number of threads, so
/// neither do the results.
public enum Parallelism {
  private static let chosen = Atomic<Int>(0)
  private static let singleThreadedBLAS: Void = openblas_set_num_threads(1)

  /// As many as there are processors, unless set; at least 1.
  public static var threadCount: Int {
    get {
      let count = chosen.load(ordering: .relaxed)
      return count > 0 ? count : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
    set { chosen.store(max(1, min(newValue, 1024)), ordering: .relaxed) }
  }

  /// Calls `body` once for every index below `count`, on several threads at once where that is allowed.
  ///
  /// - Parameter scratch: how many floats of scratch memory each call is lent; what is in there is undefined.
  package static func forEach(
    _ count: Int, scratch: Int = 0, _ body: (Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    _ = singleThreadedBLAS
    let threads = min(threadCount, count)
    guard threads > 1 else {
      guard count > 0 else { return }
      ScratchPool.lend(scratch) { memory in for index in 0..<count { body(index, memory) } }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      // The callers' pieces write to memory of their own, which the compiler cannot know.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        ScratchPool.lend(scratch) { memory in
          while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= count { break }
            body(index, memory)
          }
        }
      }
    }
  }

  /// Calls `body` for ranges that together are `0..<count`, each of about `grain` indices.
  package static func forEachRange(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    let grain = max(1, grain)
    guard count > grain else {
      if count > 0 { body(0..<count) }
      return
    }
    forEach((count + grain - 1) / grain) { index, _ in
      body(index * grain..<min(count, (index + 1) * grain))
    }
  }
}

/// Scratch memory that is kept from call to call: fresh pages cost more than the work that is done in them.
enum ScratchPool {
  private struct Block: @unchecked Sendable {
    var base: UnsafeMutablePointer<Float>
    var count: Int
  }

  /// Larger blocks go back to the system.
  private static let largestKept = 1 << 22
  private static let mostKept = 16
  private static let idle = Mutex<[Block]>([])

  /// Lends `body` memory for `count` floats, aligned to 64 bytes.
  static func lend(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let block = take(count)
    body(block.base)
    giveBack(block)
  }

  private static func take(_ count: Int) -> Block {
    let kept = idle.withLock { blocks -> Block? in
      guard let index = blocks.firstIndex(where: { $0.count >= count }) else { return blocks.popLast() }
      return blocks.remove(at: index)
    }
    if let kept {
      if kept.count >= count { return kept }
      free(kept)
    }
    let bytes = max(count, 16) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    return Block(base: raw.bindMemory(to: Float.self, capacity: max(count, 16)), count: max(count, 16))
  }

  private static func giveBack(_ block: Block) {
    let keeps = idle.withLock { blocks -> Bool in
      guard block.count <= largestKept, blocks.count < mostKept else { return false }
      blocks.append(block)
      return true
    }
    if !keeps { free(block) }
  }

  private static func free(_ block: Block) { UnsafeMutableRawPointer(block.base).deallocate() }
}
