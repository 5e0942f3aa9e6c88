import CPithKernels
import Foundation

/// Latency, measured on this machine.
public enum Benchmark {
  /// Something to time, and what one run of it does.
  public struct Runs {
    var body: () throws -> Void
  }

  /// What was measured of one candidate.
  public struct Measurement: Sendable {
    public var latency: Latency
    public var runs: Int
  }

  /// Runs of a graph on the fp32 engine, inputs ready.
  public static func runs(of graph: Graph, batch: Int) throws -> Runs {
    let engine = try FloatEngine(graph)
    var random = SystemIndependentRandom(state: 1)
    let inputs = try graph.inputs.map { id -> Tensor in
      guard let type = graph[id].type, type.element == .float32 else {
        throw PithFailure("input '\(graph[id].name)' must be float32 to be benchmarked")
      }
      var sizes = try type.shape.dimensions.enumerated().map { axis, dimension -> Int in
        if let size = dimension.size { return size }
        guard axis == 0 else {
          throw PithFailure(
            "input '\(graph[id].name)' has shape \(type.shape): only the batch may be open; fix the other sizes, as with --input \(graph[id].name)=1x3x224x224"
          )
        }
        return batch
      }
      if sizes.isEmpty { sizes = [1] }
      return Tensor(shape: sizes, floats: (0..<sizes.reduce(1, *)).map { _ in random.next() })
    }
    return Runs { _ = try engine.run(inputs) }
  }

  /// Runs of a program, `batch` samples each. With several threads a batch is spread over them by samples, and a batch
  /// of one by rows inside the instructions.
  public static func runs(of model: PithModel, batch: Int, threads: Int) throws -> Runs {
    let count = batch > 1 ? Swift.min(threads, batch) : 1
    try model.checkMemory(sessions: count, samples: count, name: model.name)
    let sessions = (0..<count).map { _ in
      BoundSession(model, pool: batch == 1 && threads > 1 ? ThreadPool(threads: threads) : nil)
    }
    guard sessions.count > 1 else {
      return Runs { for _ in 0..<batch { try sessions[0].run() } }
    }
    let pool = ThreadPool(threads: threads)
    let shared = SharedSessions(all: sessions)
    return Runs {
      pool.forEach(shared.all.count) { index in
        for _ in stride(from: index, to: batch, by: shared.all.count) { try? shared.all[index].run() }
      }
    }
  }

  /// Times candidates in turn, so that a change of the machine's speed meets all of them.
  /// - Parameter seconds: for each.
  public static func alternate(_ candidates: [Runs], seconds: Double) throws -> [Measurement] {
    var times = [[Double]](repeating: [], count: candidates.count)
    for candidate in candidates { try warmUp(candidate, seconds: Swift.min(0.3, seconds / 4)) }
    let rounds = 5
    for _ in 0..<rounds {
      for (index, candidate) in candidates.enumerated() {
        times[index] += try sample(candidate, seconds: seconds / Double(rounds))
      }
    }
    return times.map { Measurement(latency: percentiles($0), runs: $0.count) }
  }

  private static func warmUp(_ candidate: Runs, seconds: Double) throws {
    _ = try sample(candidate, seconds: seconds)
  }

  /// Microseconds of each run.
  private static func sample(_ candidate: Runs, seconds: Double) throws -> [Double] {
    var times: [Double] = []
    times.reserveCapacity(1024)
    let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    repeat {
      let start = DispatchTime.now().uptimeNanoseconds
      try candidate.body()
      times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e3)
    } while DispatchTime.now().uptimeNanoseconds < end
    return times
  }

  static func percentiles(_ times: [Double]) -> Latency {
    let sorted = times.sorted()
    func at(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : sorted[Swift.min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
    return Latency(p10: at(0.1), p50: at(0.5), p90: at(0.9))
  }

  /// 10⁹ operations (two per multiply-add) a second that `threads` cores reach with nothing but the dot products of that
  /// instruction set.
  public static func limit(isa: PithISA, threads: Int) -> Double {
    let one = pith_int8_limit(isa.rawValue, 60)
    return 2 * one * Double(threads) / 1e9
  }

  private struct SharedSessions: @unchecked Sendable {
    var all: [BoundSession]
  }

  /// A session with its buffers bound once.
  final class BoundSession {
    private let session: PithSession
    private let inputs: [UnsafeMutableBufferPointer<Float>]
    private let outputs: [UnsafeMutableBufferPointer<Float>]
    private let inputPointers: [UnsafePointer<Float>?]
    private let outputPointers: [UnsafeMutablePointer<Float>?]

    init(_ model: PithModel, pool: ThreadPool?) {
      session = PithSession(model, pool: pool)
      var random = SystemIndependentRandom(state: 1)
      inputs = model.inputs.map { input in
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: input.elements)
        for index in buffer.indices { buffer.initializeElement(at: index, to: random.next()) }
        return buffer
      }
      outputs = model.outputs.map { output in
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: output.elements)
        buffer.initialize(repeating: 0)
        return buffer
      }
      inputPointers = inputs.map { UnsafePointer($0.baseAddress) }
      outputPointers = outputs.map(\.baseAddress)
    }

    deinit {
      for buffer in inputs + outputs { buffer.deallocate() }
    }

    func run(instructions: Range<Int>? = nil) throws {
      try session.run(inputs: inputPointers, outputs: outputPointers, instructions: instructions)
    }
  }
}

/// Numbers from 0 to 1 that are the same everywhere: SplitMix64, Steele et al., 2014.
struct SystemIndependentRandom {
  var state: UInt64

  mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Float(z >> 40) / Float(1 << 24)
  }
}
