import Foundation

/// `compress quantize` from a model file to a `.pith` file and a report, step by step.
public struct QuantizationJob {
  /// What the user asked for.
  public struct Request {
    public var modelPath: String
    /// The shapes that inputs are to have, by their names, where the file leaves them open.
    public var inputShapes: [String: [Int]] = [:]
    /// What ranges are measured on; nil for a network that comes quantized.
    public var calibration: DataSet?
    /// Samples of the calibration set to use, evenly spread.
    public var samples: Int
    public var settings: QuantizationSettings
    /// A labelled set to score fp32 and int8 on.
    public var evaluation: DataSet?
    /// Fails where anything would stay in fp32.
    public var isStrict: Bool
    public var outputPath: String
    /// Where to write the same model with QuantizeLinear and DequantizeLinear nodes, for ONNX Runtime.
    public var qdqPath: String?
    /// Where to write the report as one HTML page; then fp32 and int8 are timed for it.
    public var reportPath: String?
    public var threads: Int
    public var keepsNames: Bool
    /// How layers with many zero weights are stored.
    public var preference: ProgramPreference
    /// The kernels that tiles and loops are planned for; nil leaves that to the runtime.
    public var target: ProgramTarget?
    /// Training with the rounding of the integer kernels in the loop, where it is asked for.
    public var fineTuning: FineTuning?
    /// For the report.
    public var command: String

    public init(
      modelPath: String, calibration: DataSet?, samples: Int, settings: QuantizationSettings,
      evaluation: DataSet?,
      isStrict: Bool, outputPath: String, qdqPath: String?, reportPath: String?, threads: Int,
      keepsNames: Bool, preference: ProgramPreference = .speed, fineTuning: FineTuning? = nil,
      command: String
    ) {
      self.modelPath = modelPath
      self.calibration = calibration
      self.samples = samples
      self.settings = settings
      self.evaluation = evaluation
      self.isStrict = isStrict
      self.outputPath = outputPath
      self.qdqPath = qdqPath
      self.reportPath = reportPath
      self.threads = threads
      self.keepsNames = keepsNames
      self.preference = preference
      self.fineTuning = fineTuning
      self.command = command
    }
  }

  /// Called with the name of a stage and how far it is.
  public typealias Progress = (_ stage: String, _ done: Int, _ total: Int) -> Void

  private(set) var request: Request
  let events: TrainingEvents
  let watch = Stopwatch()
  var progress: Progress { events.stage }

  public init(_ request: Request, progress: @escaping Progress = { _, _, _ in }) {
    self.init(request, events: TrainingEvents(stage: progress))
  }

  public init(_ request: Request, events: TrainingEvents) {
    self.request = request
    self.events = events
  }

  /// Does the work and writes the files.
  /// - Throws: one sentence; then no output has been written.
  public func run() throws -> QuantizationReport {
    guard request.samples > 0 else { throw PithFailure("--samples must be at least 1") }
    let original = try watch.time("import") { try loadGraph() }
    var job = self
    if !original.isQuantized {
      // What the file itself remembers, besides what the user says.
      job.request.settings.states.merge(original.stateNames) { said, _ in said }
    }
    do {
      return try job.run(original)
    } catch let error as GraphError {
      throw PithFailure("\((request.modelPath as NSString).lastPathComponent): \(error)")
    }
  }

  private func run(_ original: Graph) throws -> QuantizationReport {
    let name = (request.modelPath as NSString).lastPathComponent
    var lineage = try Lineage(of: original, path: request.modelPath)
    let (simplified, log) = try watch.time("simplify") { () throws -> (Graph, [AppliedRewrite]) in
      var result = try Simplify.run(original)
      // What is made for each sample of a batch, such as a class token, is known once the size is: a program's is 1.
      if result.graph.nodes.contains(where: { $0.op is ShapeOf }) {
        result = try Simplify.run(original.specialized(batch: 1))
      }
      return (result.graph, result.log)
    }
    try checkCalibration(simplified, name: name)
    let own = simplified.isQuantized ? try watch.time("keep") { try keep(simplified) } : nil
    // Data that does not fit is told before any work is done on it.
    let float = own?.graph ?? simplified
    do {
      _ = try float.states(request.settings.states)
    } catch let error as GraphError {
      throw PithFailure("\(name): --state: \(error)")
    }
    let predictor = try FloatPredictor(float, name: name, states: Set(request.settings.states.keys))
    if let calibration = request.calibration { try predictor.check(calibration) }
    if let evaluation = request.evaluation { try predictor.check(evaluation) }

    var kept: [[Float]] = []
    var model =
      try own ?? watch.time("calibrate") { try quantize(simplified, predictor, keeping: &kept) }
    if request.isStrict, !model.floatObstacles.isEmpty {
      throw QuantizationJob.strictFailure(model, file: name)
    }
    let span = QuantizationJob.inputSpan(model)
    let tuned = try fineTune(&model, simplified, predictor, name: name)
    let program = try watch.time("lower") {
      try Lowering.lower(
        model, preference: request.preference, keepsNames: request.keepsNames,
        target: request.target)
    }
    let runtime = try QuantizationJob.opened(program, name: name)
    let noise = try watch.time("compare") { try SignalToNoise.measure(model, samples: kept) }
    let accuracy = try watch.time("evaluate") { try compareAccuracy(predictor, runtime, name: name) }
    let latency = try watch.time("benchmark") { try compareLatency(float, runtime, name: name) }

    var result = report(
      name: name, model: model, program: program, noise: noise, accuracy: accuracy, latency: latency, log: log
    )
    lineage.measured(accuracy?.fp32, on: request.evaluation?.name)
    result.warnings = lineage.warnings + QuantizationJob.spanWarnings(span) + result.warnings
    if let tuned {
      result.warnings += original.outputWarnings(name) + tuned.warnings(after: accuracy?.int8)
    }
    result.fineTuning = tuned?.report
    result.history = try history(lineage, result, runtime)
    try write(program, model, result)
    tuned?.checkpoint.remove()
    return result
  }

  /// Writes every file or none: each is complete beside its place before the first appears.
  private func write(_ program: Program, _ model: QuantizedModel, _ report: QuantizationReport) throws {
    func writeProgram() throws {
      try AtomicFile.write(to: request.outputPath) { sink in
        try sink.write(program.bytes)
        try sink.flush()
        if let path = request.qdqPath { try QDQExport.write(model, to: path) }
      }
    }
    guard let path = request.reportPath else { return try writeProgram() }
    try AtomicFile.write(to: path) { sink in
      try sink.write(report.html())
      try sink.flush()
      try writeProgram()
    }
  }

  /// The program on the runtime. Where the runtime refuses it, the message names the model and what may be the cause.
  static func opened(_ program: Program, name: String) throws -> PithModel {
    do {
      return try PithModel(bytes: program.bytes, source: name)
    } catch {
      throw PithFailure(
        "\(name): the runtime cannot hold this network (\(error)); a value is empty, or a window or tensor is larger than the .pith format allows"
      )
    }
  }

  private func loadGraph() throws -> Graph {
    switch try LoadedModel(path: request.modelPath, inputShapes: request.inputShapes) {
    case .graph(let graph): return graph
    case .program:
      throw PithFailure(
        "\(request.modelPath) is a .pith file, which is quantized already; name the model that it was made from"
      )
    }
  }

  // MARK: Steps

  private func quantize(
    _ simplified: Graph, _ predictor: FloatPredictor, keeping kept: inout [[Float]]
  ) throws -> QuantizedModel {
    var graph = simplified
    var equalized = 0
    let pairs = request.settings.equalizes ? CrossLayerEqualization.pairs(in: graph) : []
    if !pairs.isEmpty {
      var calibrator = try Calibrator(
        graph, wanted: [],
        channelAxes: Dictionary(pairs.map { ($0.between, 1) }, uniquingKeysWith: { a, _ in a }))
      try feed("equalize", predictor) { tensor, _ in try calibrator.add(predictor.inputs(tensor)) }
      (graph, equalized) = try CrossLayerEqualization.apply(
        to: graph, pairs: pairs, statistics: calibrator.statistics)
    }
    var quantizer = try Quantizer(graph, settings: request.settings)
    let elements = predictor.sampleShape.reduce(predictor.hasFixedBatch ? predictor.batchSize : 1, *)
    var samples: [[Float]] = []
    try feed("calibrate", predictor) { tensor, floats in
      try quantizer.calibrate(predictor.inputs(tensor))
      // Enough of them, spread over the set, to compare layers on.
      if samples.count < 16, floats.count >= elements { samples.append(Array(floats.prefix(elements))) }
    }
    kept = samples
    var model = try quantizer.finish()
    model.equalizedPairs = equalized
    return model
  }

  /// Calls `body` with each batch of the calibration samples.
  func feed(
    _ stage: String, _ predictor: FloatPredictor, _ body: (Tensor, [Float]) throws -> Void
  ) throws {
    guard let calibration = request.calibration else { return }
    let reader = calibration.batches(
      of: predictor.batchSize, limit: request.samples, includingLabels: false)
    var done = 0
    while let batch = try reader.next() {
      // A model of a fixed batch takes whole batches: the last is filled up with samples that it holds already.
      let tensor = try predictor.tensor(
        predictor.filled(batch.inputs, count: batch.count), count: batch.count)
      try body(tensor, batch.inputs)
      done += batch.count
      progress(stage, done, reader.count)
    }
  }

  static func strictFailure(_ model: QuantizedModel, file: String) -> PithFailure {
    let nodes = model.floatObstacles
    let list = nodes.prefix(5).map { "'\($0.node.label)' (\($0.node.op.name): \($0.reason))" }
    let rest = nodes.count - list.count
    return PithFailure(
      "\(file): --strict allows no fp32, but \(nodes.count) nodes would stay in it: \(list.joined(separator: ", "))\(rest > 0 ? " and \(rest) more" : "")"
    )
  }

  private func compareAccuracy(
    _ float: FloatPredictor, _ runtime: PithModel, name: String
  ) throws -> AccuracyComparison? {
    guard let data = request.evaluation else { return nil }
    let report = progress
    let before = try Evaluation.run(float, on: data) { report("evaluate fp32", $0, $1) }
    let after = try Evaluation.run(
      try ProgramPredictor(runtime, name: name, threads: request.threads), on: data
    ) { report("evaluate int8", $0, $1) }
    return AccuracyComparison(before, after)
  }

  private func compareLatency(_ graph: Graph, _ runtime: PithModel, name: String) throws -> LatencyComparison?
  {
    guard request.reportPath != nil else { return nil }
    let threads = Parallelism.threadCount
    Parallelism.threadCount = 1
    defer { Parallelism.threadCount = threads }
    let float = try Benchmark.runs(of: graph, batch: 1)
    let integer = try Benchmark.runs(of: runtime, batch: 1, threads: 1)
    let latencies = try Benchmark.alternate([float, integer], seconds: 0.4)
    return LatencyComparison(
      fp32: latencies[0].latency, int8: latencies[1].latency, isa: runtime.isa.description, threads: 1)
  }
}

extension AccuracyComparison {
  /// Compares two models on the same samples.
  init(_ before: Evaluation, _ after: Evaluation) {
    var (both, onlyBefore, onlyAfter, agreeing) = (0, 0, 0, 0)
    for index in before.labels.indices {
      let label = before.labels[index]
      let (a, b) = (before.predictions[index], after.predictions[index])
      if a == b { agreeing += 1 }
      switch (a == label, b == label) {
      case (true, true): both += 1
      case (true, false): onlyBefore += 1
      case (false, true): onlyAfter += 1
      case (false, false): break
      }
    }
    self.init(
      samples: before.samples, bothRight: both, onlyFp32Right: onlyBefore, onlyInt8Right: onlyAfter,
      agreeing: agreeing)
  }
}
