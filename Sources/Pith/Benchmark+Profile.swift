import CPithKernels
import Foundation

extension Benchmark {
  /// What a core loads from memory of one size, 10⁹ bytes a second.
  struct LoadLimit {
    var bytes: Int
    var gigabytesPerSecond: Double
  }

  /// Loads from working sets that fit the first, second and third level of the usual caches, and none.
  static func loadLimits(isa: PithISA) -> [LoadLimit] {
    let sizes = [16 << 10, 256 << 10, 2 << 20, 64 << 20]
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: sizes[sizes.count - 1], alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 1)
    return sizes.map {
      LoadLimit(
        bytes: $0, gigabytesPerSecond: pith_load_limit(isa.rawValue, memory.baseAddress, $0, 30) / 1e9)
    }
  }

  /// Times every instruction of a program where it stands, in run after run.
  ///
  /// What the clock and the call cost is measured by runs of no instruction between them, and taken off.
  /// - Parameter seconds: for all runs.
  /// - Returns: the median of each instruction, in microseconds.
  static func instructionTimes(of model: PithModel, seconds: Double, threads: Int = 1) throws -> [Double] {
    try model.checkMemory(sessions: 1, samples: 1, name: model.name)
    let session = BoundSession(model, pool: threads > 1 ? ThreadPool(threads: threads) : nil)
    var times = [[Double]](repeating: [], count: model.instructionCount)
    var empty: [Double] = []
    let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    var warmUp = 3
    repeat {
      for number in 0..<model.instructionCount {
        let start = DispatchTime.now().uptimeNanoseconds
        try session.run(instructions: number..<number + 1)
        let done = DispatchTime.now().uptimeNanoseconds
        if warmUp == 0 { times[number].append(Double(done - start) / 1e3) }
      }
      let start = DispatchTime.now().uptimeNanoseconds
      try session.run(instructions: model.instructionCount..<model.instructionCount)
      empty.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e3)
      if warmUp > 0 { warmUp -= 1 }
    } while DispatchTime.now().uptimeNanoseconds < end || empty.count < 8
    let overhead = percentiles(empty).p50
    return times.map { Swift.max(percentiles($0).p50 - overhead, 0) }
  }

  /// Where the time of a program goes, and how near each instruction comes to what bounds it on this core.
  /// - Parameter limit: 10⁹ int8 operations a second of one core; 0 where unknown.
  static func profile(of model: PithModel, seconds: Double, limit: Double) throws -> [BenchmarkReport.Step] {
    let loads = loadLimits(isa: model.isa)
    let times = try instructionTimes(of: model, seconds: seconds)
    return times.enumerated().map { number, time in
      let work = model.work(number)
      let record = model.instruction(number)
      let output = model.tensor(Int(record.output))
      let load = loads.first { work.bytes <= $0.bytes } ?? loads[loads.count - 1]
      return BenchmarkReport.Step(
        name: model.text(output.name), opcode: OpcodeName.of(record),
        outputShape: output.sizes.map { .fixed($0) }, microseconds: time,
        multiplyAdds: work.multiplyAdds, bytes: work.bytes,
        limitGigaOpsPerSecond: limit > 0 ? limit : nil,
        limitGigabytesPerSecond: load.gigabytesPerSecond > 0 ? load.gigabytesPerSecond : nil)
    }
  }
}
