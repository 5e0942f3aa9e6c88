/// What is in a model file and what would run how: everything that `compress inspect` tells.
public struct InspectionReport: Report, Hashable {
  public var model: String
  /// Such as `onnx` or `pith`.
  public var format: String
  public var fileBytes: Int
  public var inputs: [Value]
  public var outputs: [Value]
  /// In the order in which they run.
  public var nodes: [Node]
  public var totals: Totals
  public var memory: Memory
  /// Only for a `.pith` file, in the order in which they run.
  public var instructions: [Instruction]?
  public var warnings: [String]

  /// - Parameter totals: `nil` to sum up the nodes.
  public init(
    model: String, format: String, fileBytes: Int, inputs: [Value], outputs: [Value], nodes: [Node],
    totals: Totals? = nil, memory: Memory, instructions: [Instruction]? = nil, warnings: [String] = []
  ) {
    self.model = model
    self.format = format
    self.fileBytes = fileBytes
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.totals = totals ?? Totals(of: nodes)
    self.memory = memory
    self.instructions = instructions
    self.warnings = warnings
  }
}

extension InspectionReport {
  /// One axis of a shape: a number, or the name of what is not yet known. Encoded as a number or a string.
  public enum Dimension: Sendable, Hashable {
    case fixed(Int)
    case symbolic(String)
  }

  /// An input or an output of the model.
  public struct Value: Codable, Sendable, Hashable {
    public var name: String
    /// Of the elements, such as `float32`.
    public var type: String
    public var shape: [Dimension]

    public init(name: String, type: String, shape: [Dimension]) {
      self.name = name
      self.type = type
      self.shape = shape
    }
  }

  /// One operator of the graph.
  public struct Node: Codable, Sendable, Hashable {
    public var name: String
    public var op: String
    /// Of the first output.
    public var outputShape: [Dimension]
    public var parameters: Int
    /// For one sample.
    public var multiplyAdds: Int
    public var placement: Placement
    /// Why the node runs in float; `nil` for an integer node.
    public var reason: String?
    /// The share of the weights that are not zero, from 0 to 1; `nil` for a node that has none.
    public var weightDensity: Double?

    public init(
      name: String, op: String, outputShape: [Dimension], parameters: Int, multiplyAdds: Int,
      placement: Placement, reason: String? = nil, weightDensity: Double? = nil
    ) {
      self.name = name
      self.op = op
      self.outputShape = outputShape
      self.parameters = parameters
      self.multiplyAdds = multiplyAdds
      self.placement = placement
      self.reason = reason
      self.weightDensity = weightDensity.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// Sums over the nodes. A sum that does not fit stays at the largest number.
  public struct Totals: Codable, Sendable, Hashable {
    public var nodes: Int
    public var parameters: Int
    public var multiplyAdds: Int
    public var int8Nodes: Int
    public var float32Nodes: Int
    /// The parameters that are not zero; `nil` where nobody counted.
    public var nonzeroParameters: Int?

    public init(
      nodes: Int, parameters: Int, multiplyAdds: Int, int8Nodes: Int, float32Nodes: Int,
      nonzeroParameters: Int? = nil
    ) {
      self.nodes = nodes
      self.parameters = parameters
      self.multiplyAdds = multiplyAdds
      self.int8Nodes = int8Nodes
      self.float32Nodes = float32Nodes
      self.nonzeroParameters = nonzeroParameters
    }

    public init(of nodes: [Node]) {
      let integer = nodes.count { $0.placement == .int8 }
      self.init(
        nodes: nodes.count, parameters: nodes.saturatingSum(\.parameters),
        multiplyAdds: nodes.saturatingSum(\.multiplyAdds), int8Nodes: integer,
        float32Nodes: nodes.count - integer)
    }
  }

  /// In bytes.
  public struct Memory: Codable, Sendable, Hashable {
    /// As stored in the file.
    public var weightBytes: Int
    /// The most that activations need at one time, for one sample; a `.pith` file's arena.
    public var peakActivationBytes: Int

    public init(weightBytes: Int, peakActivationBytes: Int) {
      self.weightBytes = weightBytes
      self.peakActivationBytes = peakActivationBytes
    }
  }

  /// One instruction of a `.pith` program.
  public struct Instruction: Codable, Sendable, Hashable {
    public var name: String
    /// Such as `conv2d`.
    public var opcode: String
    public var outputShape: [Dimension]
    public var inputScale: Float?
    public var outputScale: Float?
    public var outputZeroPoint: Int?
    public var weightBytes: Int
    /// The share of the weights' blocks that are stored, from 0 to 1; `nil` where none was left out.
    public var weightDensity: Double?
    /// How this machine's kernels are to run it, such as "12 × 2, chunks of 64"; `nil` where the file does not say.
    public var plan: String?

    public init(
      name: String, opcode: String, outputShape: [Dimension], inputScale: Float? = nil,
      outputScale: Float? = nil, outputZeroPoint: Int? = nil, weightBytes: Int, weightDensity: Double? = nil,
      plan: String? = nil
    ) {
      self.name = name
      self.opcode = opcode
      self.outputShape = outputShape
      self.inputScale = inputScale.flatMap { $0.isFinite ? $0 : nil }
      self.outputScale = outputScale.flatMap { $0.isFinite ? $0 : nil }
      self.outputZeroPoint = outputZeroPoint
      self.weightBytes = weightBytes
      self.weightDensity = weightDensity
      self.plan = plan
    }
  }
}

extension InspectionReport.Dimension: Codable {
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      self = .fixed(number)
    } else {
      self = .symbolic(try value.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .fixed(let number): try value.encode(number)
    case .symbolic(let name): try value.encode(name)
    }
  }
}

extension InspectionReport.Dimension: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  public init(integerLiteral value: Int) { self = .fixed(value) }

  public init(stringLiteral value: String) { self = .symbolic(value) }

  public var description: String {
    switch self {
    case .fixed(let number): String(number)
    case .symbolic(let name): name
    }
  }
}
