/// What a command that makes a network of a network has in common with the others: `train`, `prune`, `distill`.
///
/// Every such command writes ONNX, and one page shows what it did and everything that was done to the network before.
public protocol NetworkReport: Report {
  var tool: Tool { get }
  /// The command line that makes the same file again.
  var command: String { get }
  /// The file's name.
  var model: String { get }
  var input: Input { get }
  var output: Output { get set }
  /// What was done, as one phrase for a heading: "channels pruned to 34.8 % of the multiply-adds".
  var summary: String { get }
  /// The options as they were used, the defaults too; without paths of folders.
  var settings: [Setting] { get }
  /// Only with evaluation data.
  var accuracy: AccuracyChange? { get }
  /// What the accuracies were measured on, such as `test.data.yaml`.
  var evaluationData: String? { get }
  var before: NetworkFigures? { get set }
  var after: NetworkFigures { get set }
  var epochs: [Epoch] { get }
  /// In the order in which they run; empty where nothing but the weights changed.
  var layers: [LayerChange] { get }
  var blocked: [BlockedGroup] { get }
  var rounds: [PruningRound] { get }
  var warnings: [String] { get set }
  /// How long each stage took.
  var seconds: [Stage] { get }
  /// Everything that was done to the network, this command last.
  var history: NetworkHistory { get set }
}

extension NetworkReport {
  public typealias Tool = QuantizationReport.Tool
  public typealias Input = QuantizationReport.Input
  public typealias Output = QuantizationReport.Output
  public typealias Stage = QuantizationReport.Stage

  public var layers: [LayerChange] { [] }
  public var blocked: [BlockedGroup] { [] }
  public var rounds: [PruningRound] { [] }
}

extension NetworkReport {
  /// Takes the latencies of a history's step, where that is the network before: a narrow copy of a teacher is not.
  public mutating func takeLatencyBefore(_ figures: NetworkFigures?) {
    guard let figures, let before, before.multiplyAdds == figures.multiplyAdds,
      before.parameters == figures.parameters
    else { return }
    self.before?.latency = figures.latency
    self.before?.int8Latency = figures.int8Latency
  }
}
