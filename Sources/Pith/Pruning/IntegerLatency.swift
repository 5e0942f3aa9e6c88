/// Measures how long networks take on the integer kernels, compared with one of them.
struct IntegerLatency {
  private let reference: PithModel
  private let name: String

  /// - Throws: where the runtime has no way to run the network.
  init(_ reference: Graph, name: String) throws {
    guard let program = StepTimer.program(of: reference) else {
      throw PithFailure(
        "\(name): its latency cannot be measured, since the runtime cannot run it; use --macs")
    }
    self.reference = program
    self.name = name
  }

  /// A network's latency as a share of the reference's, for one sample with one thread. Both are timed in turn.
  func share(of graph: Graph) throws -> Double {
    guard let program = StepTimer.program(of: graph) else {
      throw PithFailure("\(name): the latency of its pruned form cannot be measured; use --macs")
    }
    let measured = try Benchmark.alternate(
      [
        Benchmark.runs(of: reference, batch: 1, threads: 1),
        Benchmark.runs(of: program, batch: 1, threads: 1),
      ], seconds: 0.25)
    return measured[1].latency.p50 / Swift.max(1e-9, measured[0].latency.p50)
  }
}

/// What a file holds besides weights.
enum FileOverhead {
  /// An estimate, rather too large: the graph as it is, and the history that will be added to it.
  static func bytes(of graph: Graph, weights: Int, epochs: Int, rounds: Int) throws -> Int {
    let nodes = try ONNXExporter.byteCount(of: graph) - weights
    let layers = graph.nodes.count { $0.op is Conv || $0.op is Gemm || $0.op is MatMul }
    return nodes + 2000 + 300 * layers + 160 * Swift.min(200, epochs) + 200 * rounds
  }
}
