/// `compress bench`: the latency of a model, of the fp32 engine beside the integer runtime where both can be had, and
/// the share of what the core could do.
public enum BenchmarkJob {
  public struct Request {
    public var modelPath: String
    /// The shapes that inputs are to have, by their names, where the file leaves them open.
    public var inputShapes: [String: [Int]] = [:]
    /// The fp32 model to compare a `.pith` file with.
    public var referencePath: String?
    public var threads: Int
    public var batch: Int
    public var seconds: Double
    public var isa: PithISA
    /// Whether to time each instruction of a program, too, for as many seconds more.
    public var isProfiled = false

    public init(
      modelPath: String, referencePath: String?, threads: Int, batch: Int, seconds: Double, isa: PithISA
    ) {
      self.modelPath = modelPath
      self.referencePath = referencePath
      self.threads = threads
      self.batch = batch
      self.seconds = seconds
      self.isa = isa
    }
  }

  /// - Throws: one sentence, where a model cannot be opened or an argument makes no sense.
  public static func run(_ request: Request) throws -> BenchmarkReport {
    guard request.threads > 0, request.batch > 0, request.seconds > 0 else {
      throw PithFailure("--threads, --batch and --seconds must be more than 0")
    }
    Parallelism.threadCount = request.threads
    var shapes = SharedInputShapes(request.inputShapes)
    switch try shapes.open(request.modelPath, isa: request.isa) {
    case .program(let program): return try run(program, &shapes, request)
    case .graph(let graph):
      try shapes.checkUse()
      return try run(graph, request)
    }
  }

  private static func run(
    _ program: PithModel, _ shapes: inout SharedInputShapes, _ request: Request
  ) throws -> BenchmarkReport {
    var candidates = [try Benchmark.runs(of: program, batch: request.batch, threads: request.threads)]
    if let path = request.referencePath {
      guard case .graph(let graph) = try shapes.open(path) else {
        throw PithFailure("\(path): is a .pith file; name the fp32 model to compare with")
      }
      candidates.append(try Benchmark.runs(of: try Simplify.run(graph).graph, batch: request.batch))
    }
    try shapes.checkUse()
    let before = Benchmark.limit(isa: program.isa, threads: request.threads)
    let measured = try Benchmark.alternate(candidates, seconds: request.seconds)
    let limit = Swift.max(before, Benchmark.limit(isa: program.isa, threads: request.threads))
    let steps =
      request.isProfiled
      ? try Benchmark.profile(
        of: program, seconds: request.seconds, limit: limit / Double(request.threads)) : nil
    return BenchmarkReport(
      model: request.modelPath, latency: measured[0].latency,
      fp32Latency: measured.count > 1 ? measured[1].latency : nil, isa: program.isa.description,
      threads: request.threads, batch: request.batch, runs: measured[0].runs,
      multiplyAdds: Int(clamping: program.multiplyAdds) * request.batch,
      limitGigaOpsPerSecond: limit > 0 ? limit : nil, steps: steps,
      isPlanned: TuningJob.isWorthPlanning(program) ? program.plan(0) != nil : nil)
  }

  private static func run(_ graph: Graph, _ request: Request) throws -> BenchmarkReport {
    guard !request.isProfiled else {
      throw PithFailure(
        "\(request.modelPath): only the instructions of a .pith model can be profiled; make one with compress quantize"
      )
    }
    let simplified = try Simplify.run(graph).graph
    let candidate = try Benchmark.runs(of: simplified, batch: request.batch)
    let measured = try Benchmark.alternate([candidate], seconds: request.seconds)
    let macs = try GraphStatistics(simplified).multiplyAdds.values.reduce(0, +)
    return BenchmarkReport(
      model: request.modelPath, latency: measured[0].latency, isa: "fp32 engine (OpenBLAS)",
      threads: request.threads, batch: request.batch, runs: measured[0].runs,
      multiplyAdds: macs * request.batch)
  }
}
