/// What a student learned from its teachers: everything that `compress distill` tells.
public struct DistillationReport: NetworkReport, Hashable {
  public var tool: Tool
  public var command: String
  /// The student's file, or the teacher's where the student was made from it.
  public var model: String
  /// The student's file, or the teacher's where the student was made from it.
  public var input: Input
  public var output: Output
  public var settings: [Setting]
  public var teachers: [Teacher]
  /// How the student came to be, such as "a copy of cnn.onnx at width 0.35, from its most important channels".
  public var origin: String
  /// What the student is compared with: logits, features, attention maps and labels, with their weights.
  public var terms: [Term]
  public var accuracy: AccuracyChange?
  public var evaluationData: String?
  /// The student before.
  public var before: NetworkFigures?
  public var after: NetworkFigures
  public var epochs: [Epoch]
  /// The student's layers beside the teacher's where it was made from it; else empty.
  public var layers: [LayerChange]
  public var warnings: [String]
  public var seconds: [Stage]
  public var history: NetworkHistory

  /// A network that teaches.
  public struct Teacher: Codable, Sendable, Hashable {
    public var path: String
    public var figures: NetworkFigures
    /// On the evaluation data.
    public var accuracy: Accuracy?

    public init(path: String, figures: NetworkFigures, accuracy: Accuracy? = nil) {
      self.path = path
      self.figures = figures
      self.accuracy = accuracy
    }
  }

  /// A part of the objective.
  public struct Term: Codable, Sendable, Hashable {
    /// Such as `logits`, `features` or `labels`.
    public var kind: String
    /// Of which nodes, at which temperature.
    public var detail: String
    public var weight: Double

    public init(kind: String, detail: String = "", weight: Double) {
      self.kind = kind
      self.detail = detail
      self.weight = weight
    }
  }

  public init(
    tool: Tool, command: String, model: String, input: Input, output: Output, settings: [Setting],
    teachers: [Teacher], origin: String, terms: [Term], accuracy: AccuracyChange? = nil,
    evaluationData: String? = nil, before: NetworkFigures? = nil, after: NetworkFigures, epochs: [Epoch],
    layers: [LayerChange] = [], warnings: [String] = [], seconds: [Stage] = [],
    history: NetworkHistory = NetworkHistory()
  ) {
    self.tool = tool
    self.command = command
    self.model = model
    self.input = input
    self.output = output
    self.settings = settings
    self.teachers = teachers
    self.origin = origin
    self.terms = terms
    self.accuracy = accuracy
    self.evaluationData = evaluationData
    self.before = before
    self.after = after
    self.epochs = epochs
    self.layers = layers
    self.warnings = warnings
    self.seconds = seconds
    self.history = history
  }

  public var summary: String {
    let names = teachers.map { $0.path.split(separator: "/").last.map(String.init) ?? $0.path }
    return "distilled for \(Units.counted(epochs.count, "epoch")) from \(names.joined(separator: ", "))"
  }
}
