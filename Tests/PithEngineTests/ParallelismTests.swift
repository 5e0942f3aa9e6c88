import PithGraph
import PithTestSupport
import Synchronization
import Testing

@testable import PithEngine

/// The only suite that sets the number of threads.
@Suite(.serialized) struct ParallelismTests {
  @Test func everyIndexIsVisitedOnce() {
    let before = Parallelism.threadCount
    defer { Parallelism.threadCount = before }
    for threads in [1, 2, 5] {
      Parallelism.threadCount = threads
      #expect(Parallelism.threadCount == threads)
      for count in [0, 1, 2, 100] {
        let visits = Mutex([Int](repeating: 0, count: count))
        Parallelism.forEach(count, scratch: 1000) { index, scratch in
          for position in 0..<1000 { scratch[position] = Float(index) }
          visits.withLock { $0[index] += scratch[999] == Float(index) ? 1 : 100 }
        }
        #expect(visits.withLock { $0 } == Array(repeating: 1, count: count))
        let covered = Mutex([Int](repeating: 0, count: count))
        Parallelism.forEachRange(count, grain: 7) { range in
          covered.withLock { covered in for index in range { covered[index] += 1 } }
        }
        #expect(covered.withLock { $0 } == Array(repeating: 1, count: count))
      }
    }
    Parallelism.threadCount = -3
    #expect(Parallelism.threadCount == 1)
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
    let before = Parallelism.threadCount
    defer { Parallelism.threadCount = before }
    var random = SeededRandom(seed: 30)
    let (a, b) = (random.tensor([700, 300]), random.tensor([300, 500]))
    let cases = ConvCase.dense + ConvCase.grouped + ConvCase.depthwise
    func results() throws -> [Tensor] {
      try cases.flatMap { try $0.op.evaluate($0.operands) } + MatMul().evaluate([a, b])
    }
    Parallelism.threadCount = 1
    let alone = try results()
    for threads in [2, 3] {
      Parallelism.threadCount = threads
      #expect(try results() == alone)
    }
  }
}
