/// What became of a recipe, step by step: everything that `compress apply` tells.
public struct RecipeReport: Report {
  public var tool: QuantizationReport.Tool
  public var command: String
  /// The recipe's file.
  public var recipe: String
  public var steps: [Step]
  /// Of the network that the last step made, with what each step of the recipe took; `nil` where none made one.
  public var history: NetworkHistory?
  public var warnings: [String]

  public init(
    tool: QuantizationReport.Tool, command: String, recipe: String, steps: [Step], warnings: [String] = []
  ) {
    history = Self.history(of: steps)
    self.tool = tool
    self.command = command
    self.recipe = recipe
    self.steps = steps
    self.warnings = warnings
  }

  /// One command of the recipe.
  public struct Step: Codable, Sendable {
    /// The command's name, such as `prune`.
    public var name: String
    /// The command line that does the same.
    public var command: String
    public var state: State
    /// How long it took, this time or when it was done.
    public var seconds: Double
    public var report: StepReport

    public init(name: String, command: String, state: State, seconds: Double, report: StepReport) {
      self.name = name
      self.command = command
      self.state = state
      self.seconds = seconds
      self.report = report
    }
  }

  /// How a step's result came about.
  public enum State: String, Codable, Sendable {
    case done
    /// The rest of what an interrupted run had begun.
    case resumed
    /// Nothing that it depends on has changed since it was done.
    case unchanged
  }

  /// The report of one command. Encoded as that report itself.
  public enum StepReport: Sendable {
    case training(TrainingReport)
    case pruning(PruningReport)
    case distillation(DistillationReport)
    case quantization(QuantizationReport)
    case evaluation(EvaluationReport)
    case benchmark(BenchmarkReport)

    /// - Returns: nil for a report of another kind.
    public init?(_ report: any Report) {
      switch report {
      case let report as TrainingReport: self = .training(report)
      case let report as PruningReport: self = .pruning(report)
      case let report as DistillationReport: self = .distillation(report)
      case let report as QuantizationReport: self = .quantization(report)
      case let report as EvaluationReport: self = .evaluation(report)
      case let report as BenchmarkReport: self = .benchmark(report)
      default: return nil
      }
    }

    public var report: any Report {
      switch self {
      case .training(let report): report
      case .pruning(let report): report
      case .distillation(let report): report
      case .quantization(let report): report
      case .evaluation(let report): report
      case .benchmark(let report): report
      }
    }
  }

  /// The history in the last report that has one. The files between the steps hold neither times nor command lines,
  /// which come from the steps.
  private static func history(of steps: [Step]) -> NetworkHistory? {
    guard var history = steps.lazy.reversed().compactMap(\.report.history).first else { return nil }
    for (step, place) in zip(steps, places(of: steps, in: history)) {
      guard let place else { continue }
      history.steps[place].seconds = step.seconds
      history.steps[place].command = step.command
    }
    return history
  }

  /// Where each step stands in a history, nil where it does not. Files of one name are told apart by their order, as
  /// seen from the end: what the recipe did is the last of the history.
  static func places(of steps: [Step], in history: NetworkHistory) -> [Int?] {
    var end = history.steps.count
    return steps.reversed().map { step -> Int? in
      let name = step.report.outputName
      guard !name.isEmpty, let place = history.steps[..<end].lastIndex(where: { $0.file == name }) else {
        return nil
      }
      end = place
      return place
    }.reversed()
  }
}

extension RecipeReport {
  /// Gives every step's report the latencies of the history, which were measured after all steps were done.
  /// - Parameter isa: the instruction set of the integer kernels.
  public mutating func distributeLatencies(isa: String) {
    guard let history else { return }
    for (index, place) in Self.places(of: steps, in: history).enumerated() {
      guard let place else { continue }
      steps[index].report.take(
        history.steps[place].figures, after: place > 0 ? history.steps[place - 1].figures : nil, isa: isa)
    }
  }
}

extension RecipeReport.StepReport {
  fileprivate mutating func take(_ figures: NetworkFigures, after previous: NetworkFigures?, isa: String) {
    func taken<R: NetworkReport>(_ report: R) -> R {
      var report = report
      (report.after.latency, report.after.int8Latency) = (figures.latency, figures.int8Latency)
      report.takeLatencyBefore(previous)
      return report
    }
    switch self {
    case .training(let report): self = .training(taken(report))
    case .pruning(let report): self = .pruning(taken(report))
    case .distillation(let report): self = .distillation(taken(report))
    case .quantization(var report):
      guard report.latency == nil, let fp32 = previous?.latency, let int8 = figures.int8Latency else {
        return
      }
      report.latency = LatencyComparison(fp32: fp32, int8: int8, isa: isa, threads: 1)
      self = .quantization(report)
    case .evaluation, .benchmark: break
    }
  }

  var history: NetworkHistory? {
    switch self {
    case .training(let report): report.history
    case .pruning(let report): report.history
    case .distillation(let report): report.history
    case .quantization(let report): report.history
    case .evaluation, .benchmark: nil
    }
  }

  /// The name of the file that the step wrote, without folders; empty where it wrote none.
  var outputName: String {
    let path =
      switch self {
      case .training(let report): report.output.path
      case .pruning(let report): report.output.path
      case .distillation(let report): report.output.path
      case .quantization(let report): report.output.path
      case .evaluation, .benchmark: ""
      }
    return path.split(separator: "/").last.map(String.init) ?? path
  }
}

extension RecipeReport.StepReport: Codable {
  /// The keys that tell one kind from the others.
  private enum Mark: String, CodingKey {
    case initialization, structure, teachers, method, classes, runs
  }

  public init(from decoder: any Decoder) throws {
    let marks = try decoder.container(keyedBy: Mark.self)
    if marks.contains(.initialization) {
      self = .training(try TrainingReport(from: decoder))
    } else if marks.contains(.structure) {
      self = .pruning(try PruningReport(from: decoder))
    } else if marks.contains(.teachers) {
      self = .distillation(try DistillationReport(from: decoder))
    } else if marks.contains(.method) {
      self = .quantization(try QuantizationReport(from: decoder))
    } else if marks.contains(.classes) {
      self = .evaluation(try EvaluationReport(from: decoder))
    } else {
      self = .benchmark(try BenchmarkReport(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }
}
