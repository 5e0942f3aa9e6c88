/// What quantizing a model gained and what it cost: everything that `compress quantize` tells.
public struct QuantizationReport: Report, Hashable {
  public var tool: Tool
  /// The command line that makes the same file again.
  public var command: String
  /// The model's name.
  public var model: String
  public var input: Input
  public var output: Output
  /// `output.bytes / input.bytes`; `nil` where the input has no bytes.
  public var ratio: Double?
  /// How the ranges were found: `minmax`, `percentile`, `mse` or `entropy`; `kept` where the network came quantized.
  public var method: String
  /// How many samples calibrated the ranges.
  public var samples: Int
  public var options: Options
  /// Only with evaluation data.
  public var accuracy: AccuracyComparison?
  public var latency: LatencyComparison?
  public var memory: Memory
  /// Of the model's outputs on calibration data, in dB; `nil` where it is unknown or unbounded.
  public var signalToNoise: Double?
  /// In the order in which they run.
  public var layers: [Layer]
  public var warnings: [String]
  /// How often each rewriting rule applied.
  public var passes: [Pass]
  /// How long each stage took.
  public var seconds: [Stage]
  /// Only where quantization was trained for.
  public var fineTuning: FineTuning?
  /// Everything that was done to the network, this quantization last.
  public var history: NetworkHistory?

  /// The method of a network that came quantized.
  public static let keptMethod = "kept"
  var isKept: Bool { method == Self.keptMethod }

  public init(
    tool: Tool, command: String, model: String, input: Input, output: Output, method: String,
    samples: Int, options: Options, accuracy: AccuracyComparison? = nil,
    latency: LatencyComparison? = nil, memory: Memory, signalToNoise: Double? = nil,
    layers: [Layer], warnings: [String] = [], passes: [Pass] = [], seconds: [Stage] = [],
    fineTuning: FineTuning? = nil, history: NetworkHistory? = nil
  ) {
    self.tool = tool
    self.command = command
    self.model = model
    self.input = input
    self.output = output
    self.ratio = input.bytes > 0 ? Double(output.bytes) / Double(input.bytes) : nil
    self.method = method
    self.samples = samples
    self.options = options
    self.accuracy = accuracy
    self.latency = latency
    self.memory = memory
    self.signalToNoise = signalToNoise.flatMap { $0.isFinite ? $0 : nil }
    self.layers = layers
    self.warnings = warnings
    self.passes = passes
    self.seconds = seconds
    self.fineTuning = fineTuning
    self.history = history
  }

  private enum CodingKeys: String, CodingKey {
    case tool, command, model, input, output, ratio, method, samples, options, accuracy
    case latency = "latency_us"
    case memory, signalToNoise, layers, warnings, passes, seconds, fineTuning, history
  }
}

extension QuantizationReport {
  /// The program that made the report.
  public struct Tool: Codable, Sendable, Hashable {
    public var name: String
    public var version: String

    public init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  /// The model file that was read.
  public struct Input: Codable, Sendable, Hashable {
    public var path: String
    public var bytes: Int
    /// Such as `onnx`.
    public var format: String

    public init(path: String, bytes: Int, format: String) {
      self.path = path
      self.bytes = bytes
      self.format = format
    }
  }

  /// The model file that was written.
  public struct Output: Codable, Sendable, Hashable {
    public var path: String
    public var bytes: Int

    public init(path: String, bytes: Int) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// What was done besides finding ranges.
  public struct Options: Codable, Sendable, Hashable {
    /// Cross-layer equalization of the weights' ranges.
    public var equalization: Bool
    /// Correction of the bias by the mean error that quantization adds.
    public var biasCorrection: Bool

    public init(equalization: Bool, biasCorrection: Bool) {
      self.equalization = equalization
      self.biasCorrection = biasCorrection
    }
  }

  /// What the target has to hold, in bytes.
  public struct Memory: Codable, Sendable, Hashable {
    /// Working memory that the caller provides, for one sample.
    public var arenaBytes: Int
    /// Packed weights, with scales and biases, read in place from the file.
    public var weightBytes: Int
    public var fileBytes: Int

    public init(arenaBytes: Int, weightBytes: Int, fileBytes: Int) {
      self.arenaBytes = arenaBytes
      self.weightBytes = weightBytes
      self.fileBytes = fileBytes
    }
  }

  /// How often a rewriting rule applied.
  public struct Pass: Codable, Sendable, Hashable {
    public var rule: String
    public var count: Int

    public init(rule: String, count: Int) {
      self.rule = rule
      self.count = count
    }
  }

  /// How long a stage of the work took.
  public struct Stage: Codable, Sendable, Hashable {
    public var stage: String
    public var seconds: Double

    public init(stage: String, seconds: Double) {
      self.stage = stage
      self.seconds = seconds
    }
  }
}
